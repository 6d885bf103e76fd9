"""Both ways to sign out: SuperTokens' call, and a form that needs no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from supertokens_lambda._http.routes import is_api_route

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Additions, Request, Response
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.verdict import Fault


class SignOut(Protocol):
    """How a visitor's session ends: by the core's call, or by the SDK."""

    def call(self, request: Request) -> Response:
        """Return the answer to ``POST <api base path>/signout``.

        Raises
        ------
        ContentTooLargeError
            The body has more than `MAX_BODY` bytes; `http_handler` answers 413.
        """

    def form(self, request: Request) -> Additions | Fault:
        """Revoke the session of a form, and return what clears its cookies; a fault leaves the session as it is."""


def is_sign_out(request: Request, settings: Settings) -> bool:
    """Check whether a request is the sign-out of SuperTokens' API."""
    return request.method == "POST" and is_api_route(request.path, settings.api_base_path, "/signout")
