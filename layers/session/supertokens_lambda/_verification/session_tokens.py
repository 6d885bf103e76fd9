"""Session tokens in cookies and headers, as SuperTokens' SDK sets them (`recipe/session/cookie_and_header.py`)."""

from __future__ import annotations

import json
from binascii import b2a_base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.cookies import Cookies, decoded

if TYPE_CHECKING:
    from typing import Literal

    from supertokens_lambda._http.cookies import SameSite
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._settings import Settings

    TransferMethod = Literal["cookie", "header"]

ACCESS_TOKEN = "sAccessToken"
REFRESH_TOKEN = "sRefreshToken"
LEGACY_TOKEN = "sIdRefreshToken"
REFRESH_EVIDENCE = "stRefreshEvidence"


class SessionCookies:
    """The session cookies of a Cookie header.

    Parameters
    ----------
    header : str
        The value of the header.

    Attributes
    ----------
    access_token : str or None
        The access token, decoded; the most specific one of several.
    has_duplicates : bool
        Whether there are two access tokens. The SDK ignores a value that contains an equals sign; here it counts.
    is_legacy : bool
        Whether there is a cookie of an old session, whose access tokens did not name the session.
    has_evidence : bool
        Whether the evidence of a refresh occurs in the header.
    """

    __slots__ = ("access_token", "has_duplicates", "has_evidence", "is_legacy")

    def __init__(self, header: str) -> None:
        cookies = Cookies(header)
        token, has_duplicates = cookies.first(ACCESS_TOKEN)
        self.access_token: str | None = None if token is None else decoded(token)
        self.has_duplicates: bool = has_duplicates
        self.is_legacy: bool = cookies.get(LEGACY_TOKEN) is not None
        self.has_evidence: bool = REFRESH_EVIDENCE in header

    def __repr__(self) -> str:
        return f"SessionCookies(has_duplicates={self.has_duplicates}, is_legacy={self.is_legacy})"


# Cached, since a browser sends the same header many times.
session_cookies = lru_cache(maxsize=256)(SessionCookies)


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header (RFC 6750 section 2.1); None for a header of another kind."""
    header = request.headers.get("authorization")
    if header is None or not header.startswith("Bearer "):
        return None
    return header.removeprefix("Bearer ").strip()


def front_token(user_id: str, expiry: float, claims: dict[str, Any]) -> str:
    """Return the front token, which tells scripts about a session.

    Parameters
    ----------
    user_id : str
        The user of the session.
    expiry : float
        When the access token expires, in milliseconds since 1970.
    claims : dict
        The claims of the access token.
    """
    content = {"uid": user_id, "ate": expiry, "up": claims}
    return b2a_base64(json.dumps(content, separators=(",", ":"), sort_keys=True).encode(), newline=False).decode()


def same_site(settings: Settings) -> SameSite:
    """Return the SameSite attribute that SuperTokens would choose: ``none`` if API and website are two sites."""
    if settings.cookie_same_site:
        return settings.cookie_same_site
    if settings.api_domain == settings.website_domain:
        return "lax"
    # Imported late: most websites share the domain of their API, and need no list of public suffixes.
    from supertokens_lambda._http.site import are_one_site

    return "lax" if are_one_site(settings.api_domain, settings.website_domain) else "none"
