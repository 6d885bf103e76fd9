"""From a request to the session for its handler, or to the answer that it gets instead."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from supertokens_lambda._http.message import NOTHING, Request, Response
from supertokens_lambda._log import log_outcome
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.session import Session
from supertokens_lambda._verification.session_tokens import session_cookies
from supertokens_lambda._verification.verdict import Anonymous, Reason, Refusal, Verdict, Verified

_T = TypeVar("_T")

if TYPE_CHECKING:
    from typing import Protocol

    from supertokens_lambda._guard.loop import Looping
    from supertokens_lambda._http.message import Additions
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.state import SessionState

    class Entry(Protocol[_T]):
        """An entry point, by the format of its answers."""

        def answer(self, response: Response) -> _T:
            """Return a response in this format."""

        def amend(self, answer: _T, additions: Additions) -> _T:
            """Return the answer of a handler with the session's cookies and headers."""


Verify = Callable[[Request, VerifyOptions], Verdict]
RefusalOf = Callable[[Request, Exception], Refusal | None]


class Admitted:
    """A request that is passed to the handler.

    Attributes
    ----------
    session : Session or None
        None for a visitor without a session, where none is required.
    """

    __slots__ = ("_guard", "_is_evidence_spent", "_options", "_request", "_state", "session")

    def __init__(
        self,
        guard: Guard,
        request: Request,
        options: VerifyOptions,
        state: SessionState | None = None,
        *,
        is_evidence_spent: bool = False,
    ) -> None:
        self._guard = guard
        self._request = request
        self._options = options
        self._state = state
        self._is_evidence_spent = is_evidence_spent
        self.session: Session | None = Session(state) if state else None

    def additions(self) -> Additions:
        """Return the session's cookies and headers for the answer; call it after the handler has run."""
        changes = self._state.additions() if self._state else NOTHING
        if not self._is_evidence_spent and (changes is NOTHING or not changes):
            return NOTHING
        return self._guard.cookies_of(self._request, changes, is_evidence_spent=self._is_evidence_spent)

    def answer_to(self, error: Exception) -> Response | None:
        """Return the answer to an error of SuperTokens that the handler raised; None for any other error."""
        response = self._guard.answer_to(self._request, error, self._options)
        # The cookies of a session that has ended are cleared; what the handler changed in it is dropped.
        return response if response is None or response.cookies else response.plus(self.additions())


class Guard:
    """Decides whether a request reaches its handler, and answers requests that do not.

    Parameters
    ----------
    settings : Settings
        Application settings.
    verify : callable
        Returns the verdict for one request, ignoring earlier ones.
    refusal_of : callable
        Returns the verdict for an error that a handler raised; None for an error that is not of SuperTokens.
    """

    def __init__(self, settings: Settings, verify: Verify, refusal_of: RefusalOf) -> None:
        self._settings = settings
        self._verify = verify
        self._refusal_of = refusal_of

    def admit(self, request: Request, options: VerifyOptions) -> Admitted | Response:
        """Return the admitted request, or the answer to a refused one; log the verdict.

        A CORS preflight never carries a session. It gets an empty answer, and no handler that requires a session runs.
        CORS code around the handler can add its headers; without them the browser stops.
        """
        if request.method == "OPTIONS" and options.session_required and _is_preflight(request):
            log_outcome("preflight", Reason.CORS_PREFLIGHT)
            return Response(status=204)
        verdict = self._verify(request, options)
        if isinstance(verdict, Verified):
            log_outcome(verdict.name, verdict.reason)
            # The new token is accepted, so the evidence of its refresh is no longer needed.
            has_evidence = session_cookies(request.cookies.header).has_evidence
            return Admitted(self, request, options, verdict.state, is_evidence_spent=has_evidence)
        if isinstance(verdict, Anonymous):
            return self._anonymous(request, verdict, options)
        return self._admit_signed_out(request, options) or self._refuse(request, verdict, options)

    def serve(
        self,
        request: Request,
        options: VerifyOptions,
        handle: Callable[[Session | None], _T],
        entry: Entry[_T],
    ) -> _T:
        """Serve a request for any entry point: admit it, run its handler, add the session's cookies and headers.

        Parameters
        ----------
        request, options
            See `admit`.
        handle : callable
            Runs the handler.
        entry : Entry
            Converts responses to the format of the entry point.
        """
        admitted = self.admit(request, options)
        if isinstance(admitted, Response):
            return entry.answer(admitted)
        try:
            result = handle(admitted.session)
        except Exception as error:
            response = admitted.answer_to(error)
            if response is None:
                raise
            return entry.answer(response)
        additions = admitted.additions()
        if isinstance(result, Response):
            return entry.answer(result.plus(additions))
        return result if additions is NOTHING else entry.amend(result, additions)

    def _admit_signed_out(self, request: Request, options: VerifyOptions) -> Admitted | None:
        if options.session_required:
            return None
        from supertokens_lambda._guard import evidence

        signed_out = evidence.is_signed_out(request)
        return self._anonymous(request, Anonymous(Reason.SIGNED_OUT), options) if signed_out else None

    def _anonymous(self, request: Request, verdict: Anonymous, options: VerifyOptions) -> Admitted:
        log_outcome(verdict.name, verdict.reason)
        return Admitted(self, request, options)

    def cookies_of(self, request: Request, changes: Additions, *, is_evidence_spent: bool) -> Additions:
        """Return all cookies and headers of an answer if its session has changed or its evidence is spent."""
        from supertokens_lambda._guard.session_cookies import with_session_cookies

        return with_session_cookies(request, changes, self._settings, is_evidence_spent=is_evidence_spent)

    def answer_to(self, request: Request, error: Exception, options: VerifyOptions) -> Response | None:
        """Return the answer to an error of SuperTokens that a handler raised; None for any other error."""
        refusal = self._refusal_of(request, error)
        if refusal is None:
            return None
        # The handler needed a session, whatever its decorator says, so the refresh must not lead back without one.
        needed = VerifyOptions(on_failure=options.on_failure, refresh_path=options.refresh_path)
        return self._refuse(request, refusal, needed)

    def _refuse(self, request: Request, refusal: Refusal, options: VerifyOptions) -> Response:
        loop_of, refuse = _refusing()
        verdict = loop_of(request, refusal, self._settings, options) or refusal
        log_outcome(verdict.name, verdict.reason)
        return refuse(request, verdict, self._settings, options)


def _is_preflight(request: Request) -> bool:
    from supertokens_lambda._http.navigation import is_preflight

    return is_preflight(request)


@cache
def _refusing() -> tuple[Callable[..., Looping | None], Callable[..., Response]]:
    # Only refused requests need these modules.
    from supertokens_lambda._guard.answers import refuse
    from supertokens_lambda._guard.loop import loop_of

    return loop_of, refuse
