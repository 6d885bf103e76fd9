"""Ready-made handlers: a function of an application's that needs no code of its own imports one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda import _runtime as runtime
from supertokens_lambda._entry import http_handler
from supertokens_lambda._guard.answers import OPTIONAL_SESSION, redirect
from supertokens_lambda._guard.evidence import evidence_handed_over
from supertokens_lambda._http.redirects import redirect_back, redirect_location

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response


@http_handler
def auth(request: Request) -> Response:
    """Serve SuperTokens' API, and at its refresh also the navigation that needs no JavaScript."""
    from supertokens_lambda._sdk import api, refresh

    refresh_path = f"{runtime.settings().api_base_path}/session/refresh"
    if request.method == "GET" and request.path.rstrip("/") == refresh_path:
        return refresh.refresh(request)
    return api.serve(request)


@http_handler
def refresh_session(request: Request) -> Response:
    """Send a navigation on to the API's refresh: only that path is sent the refresh token's cookie.

    Where API and website are two hosts, the refresh comes back this way, to leave its evidence with this host.
    """
    settings = runtime.settings()
    name, value = OPTIONAL_SESSION
    target = redirect_back(request.query, never=settings.refresh_paths) or ""
    evidence = evidence_handed_over(request, settings)
    if evidence is not None:
        return redirect(target or settings.home_path, cookies=(evidence.cookie(request, settings),))
    kept = (OPTIONAL_SESSION,) if request.parameters.get(name) == value else ()
    return redirect(redirect_location(settings.refresh_url, target, kept))
