"""Both ways in: a navigation that comes back, and the call of SuperTokens' browser SDK."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from supertokens_lambda._guard.answers import OPTIONAL_SESSION, answer_to_fault, json_response, redirect
from supertokens_lambda._guard.evidence import Evidence, hand_over
from supertokens_lambda._guard.frontend_cookies import FRONT_TOKEN
from supertokens_lambda._guard.session_cookies import evidence_of, with_session_cookies
from supertokens_lambda._http.message import Additions
from supertokens_lambda._http.navigation import is_page
from supertokens_lambda._http.redirects import redirect_back, redirect_location
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
    """How a refresh token becomes new tokens: by the core's call, or by the SDK."""

    def prepare(self) -> None:
        """Load what a refresh needs."""

    def navigation(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a navigation, which comes in a cookie."""

    def call(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a call, which comes in a cookie or a header."""


class Refresh:
    """The refresh of SuperTokens' API.

    Parameters
    ----------
    settings : Settings
        Of the application.
    rotation : Rotation
        Makes the new tokens.
    """

    def __init__(self, settings: Settings, rotation: Rotation) -> None:
        self._settings = settings
        self._rotation = rotation

    def prepare(self) -> None:
        """Load what a refresh needs, ahead of the first one."""
        self._rotation.prepare()

    def serve(self, request: Request) -> Response:
        """Answer ``GET`` and ``POST <api base path>/session/refresh``; other methods get the 404 of the SDK.

        The cookie of the refresh token has this very path, so the browser sends it here and nowhere else.

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
        """Return a redirect to where the browser was, with new tokens.

        A session that is over ends at the sign-in page (at the page itself, if that does without one), its cookies
        cleared. A fault is a 503 or 500, the cookies untouched. Requests that are not navigations get 403: an image or
        a prefetch must not rotate anything.
        """
        settings = self._settings
        if not is_page(request):
            log_outcome("refresh-refused", RefreshReason.NOT_A_NAVIGATION)
            return json_response(403, {"message": "only a navigation refreshes here"})
        target = redirect_back(request.query, never=settings.refresh_paths)
        match self._rotation.navigation(request):
            case Refreshed() as refreshed:
                log_refreshed(refreshed)
                page, written = target or settings.home_target, refreshed.written
                evidence = evidence_of(request, written)
            case Ended() as ended:
                log_ended(ended, request)
                page, written = self._after_the_end(request, target), ended.written
                evidence = Evidence.of_failure(request)
                if not any(request.cookies.get(name) for name in _SENT):
                    # What was not sent is not to be cleared: from another site no SameSite=Strict cookie comes.
                    return redirect(hand_over(page, evidence, request, settings))
            case fault:
                log_refresh_fault(fault)
                return answer_to_fault(fault, as_page=True)
        # No script sees the headers of a navigation.
        cookies = with_session_cookies(request, written, settings, evidence).cookies
        return redirect(hand_over(page, evidence, request, settings)).plus(Additions(cookies))

    def _after_the_end(self, request: Request, target: str | None) -> str:
        name, value = OPTIONAL_SESSION
        if target is not None and request.parameters.get(name) == value:
            return target
        return redirect_location(self._settings.sign_in_path, target or "")

    def _call(self, request: Request) -> Response:
        """Return the answer of SuperTokens' API, with the new tokens in cookies or headers."""
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
    """Check whether the path of a request is that of the refresh of SuperTokens' API.

    It may name a tenant, as the SDK allows for every route, and end with a slash.
    """
    if not request.path.startswith(settings.api_base_path):
        return False
    rest = request.path.removeprefix(settings.api_base_path)
    return re.fullmatch(r"(?:/[a-zA-Z0-9-]+)?/session/refresh/?", rest) is not None
