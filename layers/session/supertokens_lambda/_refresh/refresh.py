"""The refresh for both kinds of request: a navigation, which is sent back, and a call of SuperTokens' browser SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from supertokens_lambda._guard.answers import OPTIONAL_SESSION, answer_to_fault, json_response, redirect
from supertokens_lambda._guard.evidence import Evidence, hand_over
from supertokens_lambda._guard.frontend_cookies import FRONT_TOKEN
from supertokens_lambda._guard.session_cookies import evidence_of, with_session_cookies
from supertokens_lambda._http.message import Additions
from supertokens_lambda._http.navigation import is_page
from supertokens_lambda._http.redirects import redirect_back, redirect_location
from supertokens_lambda._http.routes import is_api_route
from supertokens_lambda._log import log_outcome
from supertokens_lambda._refresh.outcome import (
    Ended,
    Refreshed,
    RefreshReason,
    log_ended,
    log_refresh_fault,
    log_refreshed,
)
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, LEGACY_TOKEN, REFRESH_TOKEN

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.verdict import Fault

_SENT = (ACCESS_TOKEN, REFRESH_TOKEN, FRONT_TOKEN, LEGACY_TOKEN)


class Rotation(Protocol):
    """How a refresh token is exchanged for new tokens: by a call to the core, or by the SDK."""

    def prepare(self) -> None:
        """Load the modules that a refresh needs."""

    def navigation(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a navigation, which carries it in a cookie."""

    def call(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a call, which carries it in a cookie or a header."""


class Refresh:
    """The refresh of SuperTokens' API.

    Parameters
    ----------
    settings : Settings
        Application settings.
    rotation : Rotation
        Gets the new tokens.
    """

    def __init__(self, settings: Settings, rotation: Rotation) -> None:
        self._settings = settings
        self._rotation = rotation

    def prepare(self) -> None:
        """Load the modules that a refresh needs, before the first refresh."""
        self._rotation.prepare()

    def serve(self, request: Request) -> Response:
        """Serve ``GET`` and ``POST <api base path>/session/refresh``; other methods get 404, as from the SDK.

        The cookie of the refresh token has this path, so the browser sends it here and nowhere else.

        Raises
        ------
        ContentTooLargeError
            The body has more than `MAX_BODY` bytes; `http_handler` answers 413.
        """
        request.check_size()
        match request.method:
            case "GET":
                return self._navigation(request)
            case "POST":
                return self._call(request)
        return json_response(404, {"message": "Not Found"})

    def _navigation(self, request: Request) -> Response:
        """Return a redirect to the page where the browser was, with new tokens.

        If the session has ended, the redirect clears its cookies and leads to the sign-in page, or back to the page if
        that page needs no session. A fault gets a 503 or 500 that leaves the cookies alone. Requests that are not
        navigations get 403: an image or a prefetch must not rotate a token.
        """
        settings = self._settings
        if not is_page(request):
            log_outcome("refresh-refused", RefreshReason.NOT_A_NAVIGATION)
            return json_response(403, {"message": "only a navigation refreshes here"})
        target = redirect_back(request.query, never=settings.refresh_paths)
        match self._rotation.navigation(request):
            case Refreshed() as refreshed:
                log_refreshed(refreshed)
                page, written = target or settings.home_path, refreshed.written
                evidence = evidence_of(request, written)
            case Ended() as ended:
                log_ended(ended, request)
                page, written = self._after_the_end(request, target), ended.written
                evidence = Evidence.of_failure(request)
                if not any(request.cookies.get(name) for name in _SENT):
                    # Cookies that were not sent must not be cleared: a navigation from another site omits those with
                    # SameSite=Strict, whose session goes on.
                    return redirect(hand_over(page, evidence, request, settings))
            case fault:
                log_refresh_fault(fault)
                return answer_to_fault(fault, as_page=True)
        # Cookies only: no script sees the response headers of a navigation.
        cookies = with_session_cookies(request, written, settings, evidence).cookies
        return redirect(hand_over(page, evidence, request, settings)).plus(Additions(cookies))

    def _after_the_end(self, request: Request, target: str | None) -> str:
        name, value = OPTIONAL_SESSION
        if target is not None and request.parameters.get(name) == value:
            return target
        return redirect_location(self._settings.sign_in_path, target or "")

    def _call(self, request: Request) -> Response:
        """Return the answer that SuperTokens' API would give, with the new tokens in cookies or headers."""
        evidence = None
        match self._rotation.call(request):
            case Refreshed(response, written) as refreshed:
                log_refreshed(refreshed)
                evidence = evidence_of(request, written)
            case Ended(response, written) as ended:
                log_ended(ended, request)
            case fault:
                log_refresh_fault(fault)
                return answer_to_fault(fault, as_page=False)
        return response.plus(with_session_cookies(request, written, self._settings, evidence))


def is_refresh(request: Request, settings: Settings) -> bool:
    """Check whether a request has the path of the refresh in SuperTokens' API."""
    return is_api_route(request.path, settings.api_base_path, "/session/refresh")
