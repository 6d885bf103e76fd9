"""From a request to a session that the handler may have, or to the answer that it gets instead."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from supertokens_lambda.http.message import NOTHING, Additions, Request, Response
from supertokens_lambda.log import log_outcome
from supertokens_lambda.settings import Settings
from supertokens_lambda.verification.options import VerifyOptions
from supertokens_lambda.verification.session import Session
from supertokens_lambda.verification.verdict import Anonymous, Looping, Reason, Refusal, Unauthorised, Verdict, Verified

if TYPE_CHECKING:
    from supertokens_lambda.verification.state import SessionState

Verify = Callable[[Request, VerifyOptions], Verdict]


class Admitted:
    """A request that the handler gets.

    Attributes
    ----------
    session : Session or None
        None for a visitor who has none, where none is needed.
    """

    def __init__(self, state: "SessionState | None", refuse_it: Callable[[Refusal], Response]) -> None:
        self._state = state
        self._refuse_it = refuse_it
        self.session: Session | None = Session(state) if state else None

    def additions(self) -> Additions:
        """Give what the session adds to the handler's answer; to be asked after the handler has run."""
        return self._state.additions() if self._state else NOTHING

    def answer_to(self, error: Exception) -> Response | None:
        """Answer an error of SuperTokens' that the handler let through; None where it is the handler's own."""
        refusal = self._state.refusal(error) if self._state else None
        if refusal is None:
            return None
        response = self._refuse_it(refusal)
        # A session that has ended is cleared, whatever was to be written of it before.
        ended = isinstance(refusal, Unauthorised) and refusal.additions
        return response if ended else response.plus(self.additions())


class Guard:
    """Decides on requests.

    Parameters
    ----------
    settings : Settings
        Of the application.
    verify : callable
        Gives the verdict on the session of one request, taken by itself.
    """

    def __init__(self, settings: Settings, verify: Verify) -> None:
        self._settings = settings
        self._verify = verify

    def admit(self, request: Request, options: VerifyOptions) -> Admitted | Response:
        """Let a request through to its handler, or answer it; the verdict is logged."""
        match self._verify(request, options):
            case Verified(state=state) as verdict:
                log_outcome(verdict.name, verdict.reason)
                return Admitted(state, lambda refusal: self._refuse(request, refusal, options))
            case Anonymous() as verdict:
                return self._anonymous(request, verdict, options)
            case refusal:
                return self._admit_signed_out(request, options) or self._refuse(request, refusal, options)

    def _admit_signed_out(self, request: Request, options: VerifyOptions) -> Admitted | None:
        if options.session_required:
            return None
        from supertokens_lambda.guard import evidence

        signed_out = evidence.is_signed_out(request)
        return self._anonymous(request, Anonymous(Reason.SIGNED_OUT), options) if signed_out else None

    def _anonymous(self, request: Request, verdict: Anonymous, options: VerifyOptions) -> Admitted:
        log_outcome(verdict.name, verdict.reason)
        return Admitted(None, lambda refusal: self._refuse(request, refusal, options))

    def _refuse(self, request: Request, refusal: Refusal, options: VerifyOptions) -> Response:
        loop_of, refuse = _refusing()
        refusal = loop_of(request, refusal) or refusal
        log_outcome(refusal.name, refusal.reason)
        return refuse(request, refusal, self._settings, options)


@cache
def _refusing() -> "tuple[Callable[[Request, Refusal], Looping | None], Callable[..., Response]]":
    # What refused requests need is loaded by the first of them.
    from supertokens_lambda.guard.answers import refuse
    from supertokens_lambda.guard.evidence import loop_of

    return loop_of, refuse
