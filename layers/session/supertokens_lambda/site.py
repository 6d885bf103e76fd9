"""One function for a whole site: its pages, the sign-in pages, SuperTokens' API and the refresh."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from supertokens_lambda import handlers
from supertokens_lambda._entry import Refused, open_event
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._entry import Event
    from supertokens_lambda._http.message import Request

    Handler = Callable[[Event, Any], Any]

__all__ = ["site"]


def site(pages: Handler) -> Handler:
    """Return a handler that serves the session's own paths, and leaves every other path to the application's handler.

    A Function URL has a separate host, and cookies belong to a host: one function then serves all of a site. Behind
    an API, a function for each costs less.

    Parameters
    ----------
    pages : callable
        The Lambda handler of the application's pages, guarded by itself.

    Returns
    -------
    callable
        A Lambda handler: the page that refreshes, SuperTokens' API and the sign-in pages are served by the toolkit.

    Examples
    --------
    >>> from supertokens_lambda import Session, verify_session
    >>> from supertokens_lambda.site import site
    >>> @site
    ... @verify_session()
    ... def handler(event: dict[str, object], context: object, session: Session) -> dict[str, object]:
    ...     return {"statusCode": 200, "body": f"Hello {session.get_user_id()}"}
    """

    @functools.wraps(pages)
    def handler(event: Event, context: Any) -> Any:
        opened = open_event(event, context)
        if isinstance(opened, Refused):
            return opened.answer
        return (_of_session(opened[1]) or pages)(event, context)

    return handler


def _of_session(request: Request) -> Handler | None:
    settings = current().settings
    path = request.path.removesuffix("/")
    if path == settings.refresh_path:
        return handlers.refresh
    if path.startswith(settings.website_base_path):
        # Most visits are to pages, and do without it.
        from supertokens_lambda import sign_in
        from supertokens_lambda.sign_in.routes import is_page

        if is_page(request.method, path.removeprefix(settings.website_base_path)):
            return sign_in.handler
    return handlers.auth if path.startswith(f"{settings.api_base_path}/") else None
