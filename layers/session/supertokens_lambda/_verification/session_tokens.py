"""Session tokens in cookies and headers, as SuperTokens' SDK sets them (`recipe/session/cookie_and_header.py`)."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from supertokens_lambda._http.cookies import Cookies, SameSite, decoded, set_cookie
from supertokens_lambda._http.message import Additions

if TYPE_CHECKING:
    from supertokens_lambda._settings import Settings

TransferMethod = Literal["cookie", "header"]

ACCESS_TOKEN = "sAccessToken"
REFRESH_TOKEN = "sRefreshToken"
LEGACY_TOKEN = "sIdRefreshToken"
REFRESH_EVIDENCE = "stRefreshEvidence"

COOKIE_LIFETIME = 31_536_000  # seconds; outlives the token, since it shows that there may be a refresh token


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
    """

    __slots__ = ("access_token", "has_duplicates", "is_legacy")

    def __init__(self, header: str) -> None:
        cookies = Cookies(header)
        token = cookies.get(ACCESS_TOKEN)
        self.access_token: str | None = None if token is None else decoded(token)
        self.has_duplicates: bool = token is not None and len(cookies.all(ACCESS_TOKEN)) > 1
        self.is_legacy: bool = cookies.get(LEGACY_TOKEN) is not None

    def __repr__(self) -> str:
        return f"SessionCookies(has_duplicates={self.has_duplicates}, is_legacy={self.is_legacy})"


@lru_cache(maxsize=256)
def session_cookies(header: str) -> SessionCookies:
    """Return the session cookies of a Cookie header; cached, since a browser sends the same header many times."""
    return SessionCookies(header)


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
    from base64 import b64encode

    content = {"uid": user_id, "ate": expiry, "up": claims}
    return b64encode(json.dumps(content, separators=(",", ":"), sort_keys=True).encode()).decode()


def new_access_token(
    token: str, front: str, anti_csrf_token: str | None, transfer_method: TransferMethod, settings: Settings
) -> Additions:
    """Return what sends a new access token to the browser, or to an app that stores its tokens itself."""
    anti_csrf = {} if anti_csrf_token is None else {"anti-csrf": anti_csrf_token}
    if transfer_method == "header":
        return Additions(headers=_exposed({"front-token": front, "st-access-token": token} | anti_csrf))
    cookie = session_cookie(ACCESS_TOKEN, token, time.time() + COOKIE_LIFETIME, settings)
    return Additions((cookie,), _exposed({"front-token": front} | anti_csrf))


def cleared_session(settings: Settings) -> Additions:
    """Return what clears an ended session, for both transfer methods."""
    cookies = (session_cookie(ACCESS_TOKEN, "", 0, settings), session_cookie(REFRESH_TOKEN, "", 0, settings))
    headers = {"front-token": "remove", "st-access-token": "", "st-refresh-token": ""}
    # The SDK clears both transfer methods, one after the other, and exposes the first header each time.
    return Additions(cookies, _exposed(headers, "front-token"))


def _exposed(headers: dict[str, str], *again: str) -> tuple[tuple[str, str], ...]:
    """Return the headers, and one that lets scripts of another origin read them."""
    return (*headers.items(), ("access-control-expose-headers", ",".join([*headers, *again])))


def session_cookie(name: str, value: str, expires: float, settings: Settings) -> str:
    """Return the Set-Cookie value of a session's own cookie.

    Parameters
    ----------
    name : str
        `ACCESS_TOKEN`, `REFRESH_TOKEN` or `LEGACY_TOKEN`.
    value : str
        The token, not yet encoded; empty to clear the cookie.
    expires : float
        Seconds since 1970.
    settings : Settings
        Of the application.
    """
    from urllib.parse import quote

    return set_cookie(
        name,
        quote(value),
        path=settings.refresh_token_path if name == REFRESH_TOKEN else "/",
        domain=settings.cookie_domain,
        expires=expires,
        secure=settings.secure,
        same_site=same_site(settings),
    )


def same_site(settings: Settings) -> SameSite:
    """Return the SameSite attribute that SuperTokens would choose: ``none`` if API and website are two sites."""
    if settings.cookie_same_site:
        return settings.cookie_same_site
    if settings.api_domain == settings.website_domain:
        return "lax"
    # Imported late: most websites share the domain of their API, and need no list of public suffixes.
    from supertokens_lambda._http.site import are_one_site

    return "lax" if are_one_site(settings.api_domain, settings.website_domain) else "none"
