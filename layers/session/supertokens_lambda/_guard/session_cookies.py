"""All cookies of an answer that changes a session, composed in one place."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from supertokens_lambda._guard.evidence import Evidence, forget_evidence
from supertokens_lambda._guard.frontend_cookies import frontend_cookies
from supertokens_lambda._guard.stale_cookies import clear_stale_cookies
from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._http.message import Additions, Request
from supertokens_lambda._log import LOGGER
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, REFRESH_TOKEN, bearer_token

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
    """Return all cookies and headers of an answer that sets or clears a session.

    Every answer with the session's cookies passes here: those of handlers, the guard, the refresh, SuperTokens' API and
    the forms.

    Parameters
    ----------
    request : Request
        The request that is answered.
    additions : Additions
        The session's cookies and headers, as the SDK writes them.
    settings : Settings
        Application settings.
    evidence : Evidence, optional
        The evidence of the refresh that set the access token, or that failed.
    is_evidence_spent : bool
        Whether to clear the evidence that the browser holds; if the session ends, it is cleared in any case.

    Returns
    -------
    Additions
        In this order: stale copies of the session's cookies, cleared; the session's cookies; the cookies that the
        browser SDK reads; the evidence. A client that keeps its tokens in headers gets the headers alone.
    """
    stale = clear_stale_cookies(request, settings).cookies
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
    """Return the evidence of the access token that the session's cookies set."""
    cookies = additions.cookies
    return Evidence.of_success(request, _access_token(cookies) or "", is_too_large=_is_too_large(cookies))


def _access_token(cookies: tuple[str, ...]) -> str | None:
    """Return the access token that is set; empty if it is cleared, None if it is unchanged."""
    values = [cookie.partition("=")[2].partition(";")[0] for cookie in cookies if _is_access_token(cookie)]
    return decoded(max(values, key=len)) if values else None


def _is_too_large(cookies: tuple[str, ...]) -> bool:
    return any(len(cookie) > LARGEST for cookie in cookies if _is_access_token(cookie))


def _is_access_token(cookie: str) -> bool:
    return cookie.startswith(f"{ACCESS_TOKEN}=")


def _keeps_tokens_itself(request: Request) -> bool:
    """Check whether a client keeps its tokens in headers: it sent one there, and no session cookie."""
    return bearer_token(request) is not None and not any(
        request.cookies.get(name) for name in (ACCESS_TOKEN, REFRESH_TOKEN)
    )


@cache
def _warn(name: str) -> None:
    """Log once per instance that a cookie is too large; never log its value."""
    LOGGER.warning(
        "the cookie %s has more than %d bytes with its attributes, and browsers drop it; "
        "keep less in the access token's payload",
        name,
        LARGEST,
    )
