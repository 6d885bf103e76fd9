"""The rotation of a refresh token by one call to the core, as SuperTokens' SDK makes it (supertokens-python 0.31).

The steps are those of `refresh_session_in_request` in the SDK's `recipe/session/session_request_functions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._guard.frontend_cookies import ANTI_CSRF
from supertokens_lambda._guard.stale_cookies import without_duplicates
from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._http.message import NO_STORE, Request, Response
from supertokens_lambda._refresh.core_answer import SessionEndedError, TheftError, tokens_of
from supertokens_lambda._refresh.outcome import Ended, Refreshed, Theft
from supertokens_lambda._refresh.presented import METHODS, token_of_navigation, tokens_of_call
from supertokens_lambda._refresh.reuse import context_of
from supertokens_lambda._verification.faults import fault_of
from supertokens_lambda._verification.session_tokens import LEGACY_TOKEN, same_site
from supertokens_lambda._verification.session_writer import SessionWriter

if TYPE_CHECKING:
    from supertokens_lambda._budgets import Budgets
    from supertokens_lambda._clock import Clock
    from supertokens_lambda._core_client.client import CoreClient
    from supertokens_lambda._refresh.reuse import ReuseInterval
    from supertokens_lambda._refresh.tokens import Tokens
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.session_tokens import TransferMethod
    from supertokens_lambda._verification.verdict import Fault

AnswerToTheft = Callable[[Request, Theft], "Ended | Fault"]


class CoreRotation:
    """Rotates refresh tokens without the SDK.

    Parameters
    ----------
    settings : Settings
        Application settings.
    core_client : callable
        Returns the client for the core; it is called before the first use.
    reuse : ReuseInterval or None
        Lets refreshes with one token share a result.
    answer_to_theft : callable
        Ends the session of a stolen token by the SDK, so that error handlers of the application run.
    budgets, clock
        The budgets and the clock of the instance.
    """

    def __init__(
        self,
        settings: Settings,
        core_client: Callable[[], CoreClient],
        reuse: ReuseInterval | None,
        answer_to_theft: AnswerToTheft,
        budgets: Budgets,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._core_client = core_client
        self._reuse = reuse
        self._answer_to_theft = answer_to_theft
        self._budgets = budgets
        self._clock = clock

    def prepare(self) -> None:
        """Open the store of results and load the client for the core."""
        if self._reuse is not None:
            self._reuse.prepare()
        self._core_client()

    def navigation(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a navigation, which carries it in a cookie."""
        token = token_of_navigation(request)
        if token is None:
            return self._ended(request)
        anti_csrf_token = request.cookies.get(ANTI_CSRF)
        return self._rotate(
            request,
            token,
            decoded(anti_csrf_token) if anti_csrf_token else None,
            # A navigation carries no anti-CSRF header. That the request is a navigation has been checked instead.
            is_checked=self._settings.anti_csrf == "VIA_TOKEN",
            method="cookie",
        )

    def call(self, request: Request) -> Refreshed | Ended | Fault:
        """Rotate the token of a call, which carries it in a cookie or a header."""
        readable = without_duplicates(request)
        tokens = tokens_of_call(readable)
        # The header takes precedence over the cookie.
        method = next((method for method in reversed(METHODS) if tokens[method]), None)
        token = tokens[method] if method else None
        if method is None or token is None:
            return self._ended(readable, with_legacy=True)
        if method == "cookie" and self._needs_custom_header() and "rid" not in readable.headers:
            return self._ended(readable)
        return self._rotate(
            readable,
            token,
            readable.headers.get("anti-csrf"),
            is_checked=method == "cookie" and self._settings.anti_csrf == "VIA_TOKEN",
            method=method,
            others=[other for other in METHODS if other != method and tokens[other] is not None],
            with_legacy=True,
        )

    def _rotate(
        self,
        request: Request,
        token: str,
        anti_csrf_token: str | None,
        *,
        is_checked: bool,
        method: TransferMethod,
        others: Sequence[TransferMethod] = (),
        with_legacy: bool = False,
    ) -> Refreshed | Ended | Fault:
        ends_at = self._clock.monotonic() + within_invocation(self._budgets.page)

        def rotate() -> Tokens:
            content: dict[str, Any] = {
                "refreshToken": token,
                "enableAntiCsrf": is_checked,
                "useDynamicSigningKey": self._settings.use_dynamic_access_token_signing_key,
            }
            if anti_csrf_token is not None:
                content["antiCsrfToken"] = anti_csrf_token
            left = ends_at - self._clock.monotonic()
            return tokens_of(self._core_client().refresh_session(content, left))

        try:
            if self._reuse is None:
                tokens, is_reused = rotate(), False
            else:
                context = context_of(anti_csrf_token, is_checked=is_checked)
                tokens, is_reused = self._reuse.refresh(token, context, ends_at, rotate)
        except SessionEndedError:
            return self._ended(request, with_legacy=with_legacy)
        except TheftError as error:
            return self._answer_to_theft(request, error.theft)
        except Exception as error:  # noqa: BLE001 - any error of the call to the core, or of its answer, is a fault
            return fault_of(error)
        writer = SessionWriter(self._settings)
        tokens.write(writer, method)
        writer.clear(*others)
        if with_legacy and request.cookies.get(LEGACY_TOKEN) is not None:
            writer.clear_legacy()
        written = writer.additions()
        headers = (("content-type", "application/json"), *written.headers, NO_STORE)
        return Refreshed(Response(status=200, headers=headers, body="{}"), written, is_reused)

    def _ended(self, request: Request, *, with_legacy: bool = False) -> Ended:
        writer = SessionWriter(self._settings)
        if with_legacy and request.cookies.get(LEGACY_TOKEN) is not None:
            writer.clear_legacy()
        writer.clear(*METHODS)
        written = writer.additions()
        headers = (*written.headers, ("content-type", "application/json"), NO_STORE)
        return Ended(Response(status=401, headers=headers, body='{"message": "unauthorised"}'), written)

    def _needs_custom_header(self) -> bool:
        usual = "VIA_CUSTOM_HEADER" if same_site(self._settings) == "none" else "NONE"
        return (self._settings.anti_csrf or usual) == "VIA_CUSTOM_HEADER"
