"""The sign-out by one call to the core, as SuperTokens' SDK makes it (supertokens-python 0.31).

The steps are those of `handle_signout_api` in the SDK's `recipe/session/api/signout.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._guard.answers import answer_to_fault
from supertokens_lambda._guard.session_cookies import with_session_cookies
from supertokens_lambda._http.message import NO_STORE, NOTHING, Additions, Request, Response
from supertokens_lambda._log import log_outcome
from supertokens_lambda._sign_out.handles import handles_of, sent_tokens
from supertokens_lambda._verification.faults import fault_of
from supertokens_lambda._verification.options import VerifyOptions, no_validators
from supertokens_lambda._verification.session_writer import SessionWriter, cleared_session
from supertokens_lambda._verification.verdict import Failed, Unauthorised, Unavailable, Verified
from supertokens_lambda._verification.verified_session import VerifiedSession

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supertokens_lambda._budgets import Budgets
    from supertokens_lambda._clock import Clock
    from supertokens_lambda._core_client.client import CoreClient
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._sign_out.sign_out import SignOut
    from supertokens_lambda._verification.signing_keys import SigningKeys
    from supertokens_lambda._verification.verdict import Fault
    from supertokens_lambda._verification.verifier import Verifier

_JSON = ("content-type", "application/json")


# The SDK verifies the oldest tokens, and checks claims unless the options name no validators.
_OPTIONS = VerifyOptions(override_global_claim_validators=no_validators)


class CoreSignOut:
    """Ends sessions with no SDK.

    Parameters
    ----------
    settings : Settings
        Of the application.
    verifier : Verifier
        Verifies the session of a call.
    signing_keys : SigningKeys
        Of the core.
    core_client : callable
        Returns the client for the core when it is first needed.
    with_sdk : callable
        Returns the sign-out by the SDK, for tokens from before keys had ids.
    budgets, clock
        Of the instance.
    """

    def __init__(
        self,
        settings: Settings,
        verifier: Verifier,
        signing_keys: SigningKeys,
        core_client: Callable[[], CoreClient],
        with_sdk: Callable[[], SignOut],
        budgets: Budgets,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._verifier = verifier
        self._signing_keys = signing_keys
        self._core_client = core_client
        self._with_sdk = with_sdk
        self._budgets = budgets
        self._clock = clock

    def call(self, request: Request) -> Response:
        """Return the answer to ``POST <api base path>/signout``; a session whose access token is valid is revoked.

        Raises
        ------
        ContentTooLargeError
            The body has more than `MAX_BODY` bytes; `http_handler` answers 413.
        """
        request.check_size()
        ends_at = self._ends_at()
        match self._verifier.verify(request, _OPTIONS, checks_claims=False):
            case Verified(state=VerifiedSession() as session):
                return self._revoked(request, session, ends_at)
            case Verified():
                return self._with_sdk().call(request)
            case Unavailable() | Failed() as fault:
                return self._failed(fault)
            case Unauthorised(additions=additions):
                return self._refused(request, '{"message": "unauthorised"}', additions)
            case _:
                return self._refused(request, '{"message": "try refresh token"}', NOTHING)

    def form(self, request: Request) -> Additions | Fault:
        """Revoke all sessions whose access tokens a form brings, and return what clears its cookies.

        If that is not possible, the sessions go on, and a fault is returned, which is logged.
        """
        ends_at = self._ends_at()
        tokens = sent_tokens(request)
        if any(token.header.version == 2 for token in tokens):
            return self._with_sdk().form(request)
        try:
            handles = handles_of(tokens, self._signing_keys)
            if handles:
                self._remove(handles, ends_at)
        except Exception as error:  # noqa: BLE001 - any error of the call to the core is a fault
            return _logged(fault_of(error))
        settings = self._settings
        return Additions(with_session_cookies(request, cleared_session(settings), settings).cookies)

    def _revoked(self, request: Request, session: VerifiedSession, ends_at: float) -> Response:
        try:
            self._remove([session.handle], ends_at)
        except Exception as error:  # noqa: BLE001 - likewise
            return self._failed(fault_of(error))
        writer = SessionWriter(self._settings)
        session.write(writer)
        writer.clear(session.transfer_method)
        written = writer.additions()
        response = Response(status=200, headers=(_JSON, *written.headers, NO_STORE), body='{"status": "OK"}')
        return response.plus(with_session_cookies(request, written, self._settings))

    def _refused(self, request: Request, body: str, additions: Additions) -> Response:
        response = Response(status=401, headers=(*additions.headers, _JSON, NO_STORE), body=body)
        return response.plus(with_session_cookies(request, additions, self._settings))

    def _failed(self, fault: Fault) -> Response:
        return answer_to_fault(_logged(fault), as_page=False)

    def _ends_at(self) -> float:
        return self._clock.monotonic() + within_invocation(self._budgets.api)

    def _remove(self, handles: Sequence[str], ends_at: float) -> None:
        self._core_client().remove_sessions(handles, min(self._budgets.core, ends_at - self._clock.monotonic()))


def _logged(fault: Fault) -> Fault:
    log_outcome(fault.name, fault.reason)
    return fault
