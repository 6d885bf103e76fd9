"""Tokens in cookies and headers, exactly as SuperTokens' SDK has them (`recipe/session/cookie_and_header.py`)."""

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

COOKIE_LIFETIME = 31_536_000  # seconds: longer than the token, whose presence says that there may be a refresh token


class SessionCookies:
    """What a Cookie header says of a session.

    Parameters
    ----------
    header : str
        Its value.

    Attributes
    ----------
    access_token : str or None
        Decoded; of two the one that was meant for this page.
    came_twice : bool
        Whether two access tokens came. The SDK passes over a value that holds an equals sign; here it counts.
    is_legacy : bool
        Whether there is a cookie of a session of the time before access tokens told whose they are.
    """

    __slots__ = ("access_token", "came_twice", "is_legacy")

    def __init__(self, header: str) -> None:
        cookies = Cookies(header)
        token = cookies.get(ACCESS_TOKEN)
        self.access_token: str | None = None if token is None else decoded(token)
        self.came_twice: bool = token is not None and len(cookies.all(ACCESS_TOKEN)) > 1
        self.is_legacy: bool = cookies.get(LEGACY_TOKEN) is not None

    def __repr__(self) -> str:
        return f"SessionCookies(came_twice={self.came_twice}, is_legacy={self.is_legacy})"


@lru_cache(maxsize=256)
def session_cookies(header: str) -> SessionCookies:
    """Read a Cookie header; a browser sends the same one with one request after the other."""
    return SessionCookies(header)


def front_token(user_id: str, expiry: float, claims: dict[str, Any]) -> str:
    """Write what scripts may know of a session.

    Parameters
    ----------
    user_id : str
        Of the session.
    expiry : float
        Of the access token, in milliseconds since 1970.
    claims : dict
        Of the access token.
    """
    from base64 import b64encode

    content = {"uid": user_id, "ate": expiry, "up": claims}
    return b64encode(json.dumps(content, separators=(",", ":"), sort_keys=True).encode()).decode()


def new_access_token(
    token: str, front: str, anti_csrf_token: str | None, transfer_method: TransferMethod, settings: Settings
) -> Additions:
    """Give what hands a new access token to the browser, or to an app that keeps its tokens itself."""
    anti_csrf = {} if anti_csrf_token is None else {"anti-csrf": anti_csrf_token}
    if transfer_method == "header":
        return Additions(headers=_exposed({"front-token": front, "st-access-token": token} | anti_csrf))
    cookie = _cookie(ACCESS_TOKEN, token, time.time() + COOKIE_LIFETIME, settings)
    return Additions((cookie,), _exposed({"front-token": front} | anti_csrf))


def cleared_session(settings: Settings) -> Additions:
    """Give what clears a session that has ended, whichever way its tokens went."""
    cookies = (_cookie(ACCESS_TOKEN, "", 0, settings), _cookie(REFRESH_TOKEN, "", 0, settings))
    headers = {"front-token": "remove", "st-access-token": "", "st-refresh-token": ""}
    # The SDK clears one way of transfer and then the other, and names the first header with each.
    return Additions(cookies, _exposed(headers, "front-token"))


def _exposed(headers: dict[str, str], *again: str) -> tuple[tuple[str, str], ...]:
    """Let scripts of another origin read the headers too."""
    return (*headers.items(), ("access-control-expose-headers", ",".join([*headers, *again])))


def _cookie(name: str, value: str, expires: float, settings: Settings) -> str:
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
    """Give the SameSite attribute as SuperTokens chooses it: ``none`` where API and website are two sites."""
    if settings.cookie_same_site:
        return settings.cookie_same_site
    if settings.api_domain == settings.website_domain:
        return "lax"
    # Most websites are of their API's own domain, and load no list of domains.
    from supertokens_lambda._http.site import are_one_site

    return "lax" if are_one_site(settings.api_domain, settings.website_domain) else "none"
