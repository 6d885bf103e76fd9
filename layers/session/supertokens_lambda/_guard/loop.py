"""The end of redirect loops: whether one more redirect would come straight back, and the most likely cause."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING

from supertokens_lambda._guard.evidence import LIFETIME, Evidence, presented_tokens
from supertokens_lambda._http.json_text import parse_json
from supertokens_lambda._http.origin import host_of_request, is_plain_http
from supertokens_lambda._settings import Settings, host_of
from supertokens_lambda._verification import base64url
from supertokens_lambda._verification.verdict import InvalidClaims, Reason, Refusal, TryRefresh, Unauthorised

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._verification.options import VerifyOptions


class LoopReason(StrEnum):
    """The most likely cause if a refresh does not help. The values are as stable as those of `Reason`."""

    # the browser did not send the new token
    TOKEN_NOT_SENT_BACK = "token-not-sent-back"
    COOKIE_NEEDS_HTTPS = "cookie-needs-https"
    COOKIE_DOMAIN_MISSING = "cookie-domain-missing"
    COOKIE_DOMAIN_MISMATCH = "cookie-domain-mismatch"
    COOKIE_TOO_LARGE = "cookie-too-large"
    # the browser sent it, and it is refused
    KEY_SET_MISMATCH = "key-set-mismatch"
    CLOCK_SKEW = "clock-skew"
    WRONG_CORE = "wrong-core"
    FRESH_TOKEN_REFUSED = "fresh-token-refused"
    # a page for visitors without a session requires one
    REFRESH_PAGE_GUARDED = "refresh-page-guarded"
    SIGN_IN_PAGE_GUARDED = "sign-in-page-guarded"
    # a page that asks for a claim checks that claim
    CLAIM_PAGE_GUARDED = "claim-page-guarded"


class Looping:
    """The verdict that a redirect would come straight back: the token that was set seconds ago is missing or refused.

    Attributes
    ----------
    name : str
        The name of the verdict in the log.
    reason : LoopReason or Reason
        The most likely cause; the reason of the refusal if that is the cause.
    refusal : TryRefresh, Unauthorised or InvalidClaims
        The verdict without regard to the evidence.
    """

    __slots__ = ("reason", "refusal")
    name = "looping"

    def __init__(self, reason: LoopReason | Reason, refusal: TryRefresh | Unauthorised | InvalidClaims) -> None:
        self.reason: LoopReason | Reason = reason
        self.refusal: TryRefresh | Unauthorised | InvalidClaims = refusal

    def __repr__(self) -> str:
        return f"Looping({self.reason})"


# What a refusal means if the token was set seconds ago. A reason that is not listed is itself the cause.
_CAUSES = {
    Reason.KEY_UNKNOWN: LoopReason.KEY_SET_MISMATCH,
    Reason.TOKEN_REFUSED: LoopReason.KEY_SET_MISMATCH,
    Reason.TOKEN_EXPIRED: LoopReason.CLOCK_SKEW,
    Reason.TOKEN_NOT_YET_VALID: LoopReason.CLOCK_SKEW,
    Reason.CORE_ASKS_FOR_REFRESH: LoopReason.WRONG_CORE,
    Reason.NOT_A_TOKEN: LoopReason.FRESH_TOKEN_REFUSED,
}
_AGE = (Reason.TOKEN_EXPIRED, Reason.CORE_ASKS_FOR_REFRESH)

# Seconds since a refresh that are plausible: the lifetime of the evidence, and a slow start of a function. With tokens
# that live no longer than this, a clock that is wrong by less is not noticed.
_BELIEVED = 3 * LIFETIME


def loop_of(request: Request, refusal: Refusal, settings: Settings, options: VerifyOptions) -> Looping | None:
    """Return the loop's cause if a redirect would come straight back, else None."""
    if isinstance(refusal, InvalidClaims):
        is_loop = _checks_its_claim(request, refusal, settings)
        return Looping(LoopReason.CLAIM_PAGE_GUARDED, refusal) if is_loop else None
    if not isinstance(refusal, (TryRefresh, Unauthorised)):
        return None
    reason = _of_the_page(request, settings, options) or _of_the_evidence(request, refusal, settings)
    return Looping(reason, refusal) if reason else None


def why_not_sent_back(request: Request, settings: Settings) -> LoopReason:
    """Return the most likely reason why a browser does not send the session's cookies back."""
    evidence = Evidence.of(request)
    if evidence is not None and evidence.outcome == "oversized":
        return LoopReason.COOKIE_TOO_LARGE
    if settings.secure and is_plain_http(request):
        return LoopReason.COOKIE_NEEDS_HTTPS
    if settings.cookie_domain is not None:
        domain = settings.cookie_domain.lstrip(".")
        hosts = (host_of_request(request), host_of(settings.website_domain), host_of(settings.api_domain))
        # RFC 6265 section 5.1.3: a domain covers itself and its subdomains.
        if not all(host == domain or host.endswith(f".{domain}") for host in hosts if host):
            return LoopReason.COOKIE_DOMAIN_MISMATCH
    elif not settings.has_one_host:
        return LoopReason.COOKIE_DOMAIN_MISSING
    return LoopReason.TOKEN_NOT_SENT_BACK


def _of_the_page(request: Request, settings: Settings, options: VerifyOptions) -> LoopReason | None:
    """Return the reason if the guarded page is the refresh or the sign-in page, to which redirects lead by GET."""
    if request.method not in ("GET", "HEAD"):
        return None
    path = request.seen_path.rstrip("/")
    if path == settings.api_gateway_path + (options.refresh_path or settings.refresh_path):
        return LoopReason.REFRESH_PAGE_GUARDED
    if options.session_required and path == settings.sign_in_path.rstrip("/"):
        return LoopReason.SIGN_IN_PAGE_GUARDED
    return None


def _checks_its_claim(request: Request, refusal: InvalidClaims, settings: Settings) -> bool:
    """Check whether the page that asks for the refused claim is the one that refuses it."""
    if request.method not in ("GET", "HEAD"):
        return False
    from supertokens_lambda._guard.invalid_claims import claim_page, is_at_claim_page

    asking = claim_page(refusal)
    return asking is not None and is_at_claim_page(request, settings, asking)


def _of_the_evidence(
    request: Request, refusal: TryRefresh | Unauthorised, settings: Settings
) -> LoopReason | Reason | None:
    """Return the reason if the browser did not send the token of the last refresh, or that token is refused."""
    evidence = Evidence.of(request)
    if evidence is None or evidence.outcome == "failed" or refusal.reason is Reason.SESSION_ENDED:
        return None
    tokens = presented_tokens(request)
    own = [token for token in tokens if evidence.names(token)]
    if own:
        aged = refusal.reason in _AGE and any(_lived_its_life(token, evidence) for token in own)
        return None if aged else _CAUSES.get(refusal.reason, refusal.reason)
    if not tokens or any(evidence.replaced(token) for token in tokens):
        return why_not_sent_back(request, settings)
    return None


def _lived_its_life(token: str, evidence: Evidence) -> bool:
    """Check whether a token was valid and expired in time, as a token that lives for two seconds may have."""
    try:
        claims = parse_json(base64url.decode(token.split(".")[1]))
        return bool(claims["exp"] - claims["iat"] - 1 <= time.time() - evidence.at <= _BELIEVED)
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return False
