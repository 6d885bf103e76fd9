"""The session's cookies and headers, as SuperTokens' SDK writes them (`recipe/session/cookie_and_header.py`)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from supertokens_lambda._http.cookies import set_cookie
from supertokens_lambda._http.message import Additions
from supertokens_lambda._verification.session_tokens import (
    ACCESS_TOKEN,
    LEGACY_TOKEN,
    REFRESH_TOKEN,
    same_site,
)

if TYPE_CHECKING:
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.session_tokens import TransferMethod

COOKIE_LIFETIME = 31_536_000  # seconds; outlives the token, since it shows that there may be a refresh token

_EXPOSE = "access-control-expose-headers"
_HEADERS = {ACCESS_TOKEN: "st-access-token", REFRESH_TOKEN: "st-refresh-token"}


class SessionWriter:
    """Collects the cookies and headers of one answer; call the methods in the order of the SDK's mutators."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cookies: dict[str, str] = {}
        self._headers: dict[str, str] = {}

    def set_access_token(self, token: str, front_token: str, method: TransferMethod) -> None:
        """Write a new access token, and the front token that describes it."""
        self._expose("front-token", front_token)
        self._token(ACCESS_TOKEN, token, time.time() + COOKIE_LIFETIME, method)

    def set_refresh_token(self, token: str, expires: float, method: TransferMethod) -> None:
        """Write a new refresh token; `expires` is in seconds since 1970."""
        self._token(REFRESH_TOKEN, token, expires, method)

    def set_anti_csrf_token(self, token: str) -> None:
        """Write the anti-CSRF token, which is a header for both transfer methods."""
        self._expose("anti-csrf", token)

    def clear(self, *methods: TransferMethod) -> None:
        """Clear the tokens of the given transfer methods."""
        for method in methods:
            for name in (ACCESS_TOKEN, REFRESH_TOKEN):
                self._token(name, "", 0, method)
            self._headers.pop("anti-csrf", None)
            self._expose("front-token", "remove")

    def clear_legacy(self) -> None:
        """Clear the cookie of a legacy session."""
        self._cookie(LEGACY_TOKEN, "", 0)

    def additions(self) -> Additions:
        """Return all cookies and headers that were written."""
        return Additions(tuple(self._cookies.values()), tuple(self._headers.items()))

    def _token(self, name: str, value: str, expires: float, method: TransferMethod) -> None:
        if method == "cookie":
            self._cookie(name, value, expires)
        else:
            self._expose(_HEADERS[name], value)

    def _cookie(self, name: str, value: str, expires: float) -> None:
        settings = self._settings
        self._cookies[name] = set_cookie(
            name,
            quote(value),
            path=settings.refresh_token_path if name == REFRESH_TOKEN else "/",
            domain=settings.cookie_domain,
            expires=expires,
            secure=settings.secure,
            same_site=same_site(settings),
        )

    def _expose(self, name: str, value: str) -> None:
        """Set a header, and let scripts of another origin read it; like the SDK, repeat a name that is set twice."""
        self._headers[name] = value
        exposed = self._headers.get(_EXPOSE)
        self._headers[_EXPOSE] = name if exposed is None else f"{exposed},{name}"


def cleared_session(settings: Settings) -> Additions:
    """Return what clears an ended session, for both transfer methods."""
    writer = SessionWriter(settings)
    writer.clear("cookie", "header")
    return writer.additions()
