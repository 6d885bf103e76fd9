"""Ready-made handlers: a function of an application's that needs no code of its own imports one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._entry import http_handler
from supertokens_lambda._guard.answers import OPTIONAL_SESSION, redirect
from supertokens_lambda._guard.evidence import evidence_handed_over
from supertokens_lambda._http.redirects import redirect_back, redirect_location
from supertokens_lambda._refresh.refresh import is_refresh
from supertokens_lambda._runtime import current, prepare_refresh, prepare_sdk

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response

__all__ = ["auth", "prepare_refresh", "prepare_sdk", "refresh", "refresh_session", "serve_refresh"]


@http_handler
def auth(request: Request) -> Response:
    """Serve SuperTokens' API, its refresh among it; the SDK is loaded by the first request that needs it."""
    return serve_refresh(request) or current().api.serve(request)


@http_handler
def refresh(request: Request) -> Response:
    """Serve the refresh alone, both ways in, and the page that leads to it: a function that is small and warm."""
    return serve_refresh(request) or _to_refresh(request)


@http_handler
def refresh_session(request: Request) -> Response:
    """Send a navigation on to the API's refresh: only that path is sent the refresh token's cookie.

    Where API and website are two hosts, the refresh comes back this way, to leave its evidence with this host.
    """
    return _to_refresh(request)


def serve_refresh(request: Request) -> Response | None:
    """Serve the refresh of SuperTokens' API, by a navigation or a call; None for any other path."""
    runtime = current()
    return runtime.refresh.serve(request) if is_refresh(request, runtime.settings) else None


def _to_refresh(request: Request) -> Response:
    settings = current().settings
    name, value = OPTIONAL_SESSION
    target = redirect_back(request.query, never=settings.refresh_paths) or ""
    evidence = evidence_handed_over(request, settings)
    if evidence is not None:
        return redirect(target or settings.home_target, cookies=(evidence.cookie(request, settings),))
    kept = (OPTIONAL_SESSION,) if request.parameters.get(name) == value else ()
    return redirect(redirect_location(settings.refresh_url, target, kept))
