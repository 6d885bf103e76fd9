"""The session's cookies and headers, as SuperTokens' SDK writes them (`recipe/session/cookie_and_header.py`)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from supertokens_lambda._http.message import Additions
from supertokens_lambda._verification.session_tokens import (
    ACCESS_TOKEN,
    COOKIE_LIFETIME,
    LEGACY_TOKEN,
    REFRESH_TOKEN,
    TransferMethod,
    session_cookie,
)

if TYPE_CHECKING:
    from supertokens_lambda._refresh.tokens import Tokens
    from supertokens_lambda._settings import Settings

_EXPOSE = "access-control-expose-headers"
_HEADERS = {ACCESS_TOKEN: "st-access-token", REFRESH_TOKEN: "st-refresh-token"}


class SessionWriter:
    """Collects the cookies and headers of one answer; call the methods in the order of the SDK's mutators."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cookies: dict[str, str] = {}
        self._headers: dict[str, str] = {}

    def set(self, tokens: Tokens, method: TransferMethod) -> None:
        """Write new tokens."""
        self._expose("front-token", tokens.front_token)
        self._token(ACCESS_TOKEN, tokens.access_token, time.time() + COOKIE_LIFETIME, method)
        if tokens.refresh_token is not None:
            self._token(REFRESH_TOKEN, tokens.refresh_token.token, tokens.refresh_token.expiry / 1000, method)
        if tokens.anti_csrf_token is not None:
            self._expose("anti-csrf", tokens.anti_csrf_token)

    def clear(self, method: TransferMethod) -> None:
        """Clear the tokens of one transfer method."""
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
        self._cookies[name] = session_cookie(name, value, expires, self._settings)

    def _expose(self, name: str, value: str) -> None:
        """Set a header, and let scripts of another origin read it; like the SDK, repeat a name that is set twice."""
        self._headers[name] = value
        exposed = self._headers.get(_EXPOSE)
        self._headers[_EXPOSE] = name if exposed is None else f"{exposed},{name}"
