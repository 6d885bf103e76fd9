"""All the cookies of an answer that changes a session, composed in one place."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from supertokens_lambda._guard.evidence import Evidence, forget_evidence
from supertokens_lambda._guard.frontend_cookies import frontend_cookies
from supertokens_lambda._guard.stale_cookies import clear_leftovers
from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._http.message import Additions, Request
from supertokens_lambda._log import LOGGER
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, REFRESH_TOKEN

if TYPE_CHECKING:
    from supertokens_lambda._settings import Settings

LARGEST = 4096  # bytes of a cookie that browsers promise to keep, attributes counted (RFC 6265 section 6.1)


def with_session_cookies(
    request: Request,
    additions: Additions,
    settings: Settings,
    evidence: Evidence | None = None,
    *,
    is_evidence_spent: bool = False,
) -> Additions:
    """Return what an answer carries when it sets or clears a session.

    Whoever writes the session's own cookies hands them in here: a page's handler, the guard, the refresh, SuperTokens'
    API and the forms.

    Parameters
    ----------
    request : Request
        That is answered.
    additions : Additions
        The session's own cookies and headers, as the SDK writes them.
    settings : Settings
        Of the application.
    evidence : Evidence, optional
        Of the refresh that set the access token, or that failed.
    is_evidence_spent : bool
        Whether the evidence that the browser holds is withdrawn; a session that ends withdraws it in any case.

    Returns
    -------
    Additions
        In this order: stale copies of the session's cookies, cleared; the session's own; those that the browser SDK
        reads; the evidence. An app that keeps its tokens itself, in headers, gets its headers alone.
    """
    stale = clear_leftovers(request, settings).cookies
    own = additions.cookies
    token = _access_token(own)
    written: tuple[str, ...] = ()
    if token is not None and (token or not _keeps_tokens_itself(request)):
        written = frontend_cookies(additions, settings).cookies
        is_evidence_spent = is_evidence_spent or not token
        if evidence is None and _is_too_large(own):
            evidence = evidence_of(request, additions)
        if evidence is not None:
            written += (evidence.cookie(request, settings),)
    if evidence is None and is_evidence_spent:
        written += (forget_evidence(request, settings),)
    for cookie in own + written:
        if len(cookie) > LARGEST:
            _warn(cookie.partition("=")[0])
    return Additions(stale + own + written, additions.headers)


def evidence_of(request: Request, additions: Additions) -> Evidence:
    """Return the evidence of the access token that a session's own cookies set."""
    cookies = additions.cookies
    return Evidence.of_success(request, _access_token(cookies) or "", is_too_large=_is_too_large(cookies))


def _access_token(cookies: tuple[str, ...]) -> str | None:
    """Return the access token that is set; empty where it is cleared, None where it stays as it is."""
    values = [cookie.partition("=")[2].partition(";")[0] for cookie in cookies if _is_access_token(cookie)]
    return decoded(max(values, key=len)) if values else None


def _is_too_large(cookies: tuple[str, ...]) -> bool:
    return any(len(cookie) > LARGEST for cookie in cookies if _is_access_token(cookie))


def _is_access_token(cookie: str) -> bool:
    return cookie.startswith(f"{ACCESS_TOKEN}=")


def _keeps_tokens_itself(request: Request) -> bool:
    """Check whether a session is an app's: its token came in a header, and no cookie with it."""
    in_header = (request.headers.get("authorization") or "").startswith("Bearer ")
    return in_header and not any(request.cookies.get(name) for name in (ACCESS_TOKEN, REFRESH_TOKEN))


@cache
def _warn(name: str) -> None:
    """Log once an instance that a cookie is too large; never its value."""
    LOGGER.warning(
        "the cookie %s has more than %d bytes with its attributes, and browsers drop it; "
        "keep less in the access token's payload",
        name,
        LARGEST,
    )
