"""Ready-made Lambda handlers: name one as the handler of a function that needs no code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._entry import http_handler
from supertokens_lambda._guard.answers import OPTIONAL_SESSION, json_response, redirect
from supertokens_lambda._guard.evidence import evidence_handed_over
from supertokens_lambda._http.redirects import redirect_back, redirect_location
from supertokens_lambda._init_phase import prepare_refresh, prepare_sdk
from supertokens_lambda._refresh.refresh import is_refresh
from supertokens_lambda._runtime import current
from supertokens_lambda._sign_out.sign_out import is_sign_out

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response

__all__ = [
    "auth",
    "not_found",
    "prepare_refresh",
    "prepare_sdk",
    "refresh",
    "refresh_session",
    "serve_refresh",
    "serve_sign_out",
]


@http_handler
def auth(request: Request) -> Response:
    """Serve SuperTokens' API; the SDK is loaded by the first request that is neither a refresh nor a sign-out.

    Examples
    --------
    >>> from supertokens_lambda.handlers import auth
    >>> handler = auth
    """
    return serve_refresh(request) or serve_sign_out(request) or current().api.serve(request)


@http_handler
def refresh(request: Request) -> Response:
    """Serve the refresh, the page that leads to it, and the sign-out by a script: a function that is small and warm.

    Examples
    --------
    >>> from supertokens_lambda.handlers import refresh
    >>> handler = refresh
    """
    return serve_refresh(request) or serve_sign_out(request) or _to_refresh(request)


@http_handler
def refresh_session(request: Request) -> Response:
    """Serve the page that redirects a navigation to the refresh, whose path alone receives the refresh token's cookie.

    Where API and website are two hosts, the refresh redirects back to this page, which sets the evidence as a cookie.

    Examples
    --------
    >>> from supertokens_lambda.handlers import refresh_session
    >>> handler = refresh_session
    """
    return _to_refresh(request)


@http_handler
def not_found(request: Request) -> Response:
    """Return a 404, as a page where a browser navigates: for the ``$default`` route of an API.

    Examples
    --------
    >>> from supertokens_lambda.handlers import not_found
    >>> handler = not_found
    """
    from html import escape

    from supertokens_lambda._html import page
    from supertokens_lambda._http.navigation import is_page

    if not is_page(request):
        return json_response(404, {"message": "Not Found"})
    settings = current().settings
    home = escape(settings.page_url(settings.home_path))
    body = f'<p>There is no page at this address.</p>\n<p><a href="{home}">Go to the home page</a></p>'
    return page("Page not found", body, status=404)


def serve_refresh(request: Request) -> Response | None:
    """Serve the refresh of SuperTokens' API, by a navigation or a call; None for any other path.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response, http_handler
    >>> from supertokens_lambda.handlers import serve_refresh
    >>> @http_handler
    ... def handler(request: Request) -> Response:
    ...     return serve_refresh(request) or Response(status=404)
    """
    runtime = current()
    return runtime.refresh.serve(request) if is_refresh(request, runtime.settings) else None


def serve_sign_out(request: Request) -> Response | None:
    """Serve the sign-out of SuperTokens' API; None for any other request.

    Examples
    --------
    >>> from supertokens_lambda import Request, Response, http_handler
    >>> from supertokens_lambda.handlers import serve_sign_out
    >>> @http_handler
    ... def handler(request: Request) -> Response:
    ...     return serve_sign_out(request) or Response(status=404)
    """
    runtime = current()
    return runtime.sign_out.call(request) if is_sign_out(request, runtime.settings) else None


def _to_refresh(request: Request) -> Response:
    settings = current().settings
    name, value = OPTIONAL_SESSION
    target = redirect_back(request.query, never=settings.refresh_paths) or ""
    evidence = evidence_handed_over(request, settings)
    if evidence is not None:
        return redirect(target or settings.home_path, cookies=(evidence.cookie(request, settings),))
    kept = (OPTIONAL_SESSION,) if request.parameters.get(name) == value else ()
    return redirect(redirect_location(settings.refresh_url, target, kept))
