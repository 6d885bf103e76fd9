"""Routes of SuperTokens' API."""

from __future__ import annotations

import re


def is_api_route(path: str, base_path: str, route: str) -> bool:
    """Check whether a path is that of a route of SuperTokens' API.

    It may name a tenant, as the SDK allows for every route, and end with a slash.

    Parameters
    ----------
    path : str
        The path of a request, without stage.
    base_path : str
        The path of the API, like ``/auth``.
    route : str
        The rest of the path, like ``/signout``.
    """
    if not path.startswith(base_path):
        return False
    rest = path.removeprefix(base_path)
    return re.fullmatch(rf"(?:/[a-zA-Z0-9-]+)?{re.escape(route)}/?", rest) is not None
