"""From a request to a session that the handler may have, or to the answer that it gets instead."""

from collections.abc import Callable
from typing import NamedTuple

from supertokens_lambda.guard.answers import OnFailure, refuse
from supertokens_lambda.guard.evidence import Evidence, presented_tokens
from supertokens_lambda.http.message import Additions, Request, Response
from supertokens_lambda.log import log_outcome
from supertokens_lambda.settings import Settings
from supertokens_lambda.verification.options import VerifyOptions
from supertokens_lambda.verification.session import Session, SessionState
from supertokens_lambda.verification.verdict import (
    Anonymous,
    Looping,
    Reason,
    Refusal,
    TryRefresh,
    Unauthorised,
    Verdict,
    Verified,
)

Verify = Callable[[Request, VerifyOptions], Verdict]

_AGE = (Reason.TOKEN_EXPIRED, Reason.CORE_ASKS_FOR_REFRESH)


class Rules(NamedTuple):
    """What a page wants of its visitors, and of the guard where they fall short; see `verify_session`."""

    options: VerifyOptions = VerifyOptions()
    on_failure: OnFailure = "auto"
    refresh_path: str | None = None


class Admitted:
    """A request that the handler gets.

    Attributes
    ----------
    session : Session or None
        None for a visitor who has none, where none is needed.
    """

    def __init__(self, state: SessionState | None, refuse_it: Callable[[Refusal], Response]) -> None:
        self._state = state
        self._refuse_it = refuse_it
        self.session: Session | None = Session(state) if state else None

    def additions(self) -> Additions:
        """Give what the session adds to the handler's answer; to be asked after the handler has run."""
        return self._state.additions() if self._state else Additions()

    def answer_to(self, error: Exception) -> Response | None:
        """Answer an error of SuperTokens' that the handler let through; None where it is the handler's own."""
        refusal = self._state.refusal(error) if self._state else None
        if refusal is None:
            return None
        log_outcome(refusal.name, refusal.reason)
        return self._refuse_it(refusal).plus(self.additions())


class Guard(NamedTuple):
    """Decides on requests.

    Attributes
    ----------
    settings : Settings
        Of the application.
    verify : callable
        Gives the verdict on the session of one request, taken by itself.
    """

    settings: Settings
    verify: Verify

    def admit(self, request: Request, rules: Rules) -> Admitted | Response:
        """Let a request through to its handler, or answer it; the verdict is logged."""
        verdict = self.decide(request, rules.options)
        log_outcome(verdict.name, verdict.reason)
        match verdict:
            case Verified(state=state):
                return Admitted(state, lambda refusal: self._refuse(request, refusal, rules))
            case Anonymous():
                return Admitted(None, lambda refusal: self._refuse(request, refusal, rules))
            case _:
                return self._refuse(request, verdict, rules)

    def decide(self, request: Request, options: VerifyOptions) -> Verdict:
        """Give the verdict on a request, what the last refresh did taken into account."""
        verdict = self.verify(request, options)
        if not isinstance(verdict, TryRefresh | Unauthorised):
            return verdict
        evidence = Evidence.of(request)
        if evidence is None or verdict.reason is Reason.SESSION_ENDED:
            return verdict
        tokens = presented_tokens(request)
        known = any(evidence.names(token) for token in tokens)
        if evidence.outcome == "failed":
            # That refresh has cleared the cookies, and the browser still sends them: asking again changes nothing.
            return Anonymous(Reason.SIGNED_OUT) if known and not options.session_required else verdict
        if not tokens:
            return Looping(Reason.TOKEN_NOT_SENT_BACK, verdict)
        aged = verdict.reason in _AGE and any(evidence.outlives(token) for token in tokens if evidence.names(token))
        return verdict if aged or not known else Looping(Reason.FRESH_TOKEN_REFUSED, verdict)

    def _refuse(self, request: Request, refusal: Refusal, rules: Rules) -> Response:
        return refuse(
            request,
            refusal,
            self.settings,
            session_required=rules.options.session_required,
            on_failure=rules.on_failure,
            refresh_path=rules.refresh_path,
        )
