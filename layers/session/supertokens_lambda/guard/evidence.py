"""What a refresh leaves behind, so that a loop is told by evidence and not by a count.

A short-lived cookie names, by hash, the access token that a refresh set, or the one that it failed to replace. With it
the guard knows that this very token did not come back, or came back and is refused. It holds nothing worth stealing,
and it is a cookie of this host alone and not ``Secure``, so that it comes back where a wrong domain or scheme keeps the
session's own cookies away.
"""

import json
import time
from typing import Literal, NamedTuple

from supertokens_lambda.http.cookies import SameSite, clear_cookie, decoded, set_cookie
from supertokens_lambda.http.message import Request
from supertokens_lambda.verification import base64url
from supertokens_lambda.verification.session_tokens import ACCESS_TOKEN
from supertokens_lambda.verification.verdict import Looping, Reason, Refusal, TryRefresh, Unauthorised

_AGE = (Reason.TOKEN_EXPIRED, Reason.CORE_ASKS_FOR_REFRESH)

COOKIE = "stRefreshEvidence"
LIFETIME = 10  # seconds: longer than any redirect takes, shorter than anyone's patience

Outcome = Literal["refreshed", "failed"]


class Evidence(NamedTuple):
    """What the last refresh of this browser, seconds ago, did.

    Attributes
    ----------
    outcome : {"refreshed", "failed"}
        Whether it set a token, or failed for good.
    token_hash : str
        The hash of the token that it set, or of the one that it was to replace.
    at : float
        When, in seconds since 1970.
    """

    outcome: Outcome
    token_hash: str
    at: float

    @classmethod
    def of(cls, request: Request) -> "Evidence | None":
        """Read the evidence that a request carries; None where it has none, or none that makes sense."""
        outcome, _, rest = (request.cookies.get(COOKIE) or "").partition(".")
        token_hash, _, at = rest.partition(".")
        if outcome not in ("refreshed", "failed") or not at.isascii() or not at.isdecimal() or len(at) > 12:
            return None
        evidence = cls("refreshed" if outcome == "refreshed" else "failed", token_hash, float(at))
        return evidence if abs(time.time() - evidence.at) <= LIFETIME else None

    def names(self, token: str) -> bool:
        """Tell whether this is evidence of a token."""
        return self.token_hash == _hash(token)

    def outlives(self, token: str) -> bool:
        """Tell whether the token has had its whole life since: it was good, and expired as tokens do."""
        try:
            claims = json.loads(base64url.decode(token.split(".")[1]))
            return bool(time.time() - self.at >= claims["exp"] - claims["iat"] - 1)
        except (ValueError, LookupError, TypeError):
            return False


def is_signed_out(request: Request) -> bool:
    """Tell whether a refresh failed for good just now, and the cookies that it cleared are still sent."""
    evidence = Evidence.of(request)
    if evidence is None or evidence.outcome != "failed":
        return False
    return any(evidence.names(token) for token in presented_tokens(request))


def loop_of(request: Request, refusal: Refusal) -> Looping | None:
    """Tell whether the token that the last refresh set did not come back, or came back and is refused."""
    if not isinstance(refusal, TryRefresh | Unauthorised) or refusal.reason is Reason.SESSION_ENDED:
        return None
    evidence = Evidence.of(request)
    if evidence is None or evidence.outcome != "refreshed":
        return None
    tokens = presented_tokens(request)
    if not tokens:
        return Looping(Reason.TOKEN_NOT_SENT_BACK, refusal)
    own = [token for token in tokens if evidence.names(token)]
    aged = refusal.reason in _AGE and any(evidence.outlives(token) for token in own)
    return Looping(Reason.FRESH_TOKEN_REFUSED, refusal) if own and not aged else None


def presented_tokens(request: Request) -> tuple[str, ...]:
    """Give the access tokens that a request carries in cookies, decoded."""
    return tuple(decoded(value) for value in request.cookies.all(ACCESS_TOKEN) if value)


def evidence_cookie(outcome: Outcome, token: str, same_site: SameSite) -> str:
    """Write the Set-Cookie that leaves evidence of a token."""
    value = f"{outcome}.{_hash(token)}.{int(time.time())}"
    return set_cookie(COOKIE, value, max_age=LIFETIME, same_site=same_site, secure=same_site == "none")


def forget_evidence(same_site: SameSite) -> str:
    """Write the Set-Cookie that withdraws the evidence, when a session ends as it should."""
    return clear_cookie(COOKIE, same_site=same_site, secure=same_site == "none")


def _hash(token: str) -> str:
    # A page with no refresh behind it does not come here.
    import hashlib

    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:32]
