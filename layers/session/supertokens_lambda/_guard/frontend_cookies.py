"""The cookies that SuperTokens' browser SDK keeps, written by the server where no script saw the response.

The browser SDK reads the headers ``front-token`` and ``anti-csrf`` of responses to its calls, and stores them in
cookies that scripts can read. No script sees the response to a navigation, so the server writes those cookies.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from supertokens_lambda._http.cookies import clear_cookie, set_cookie
from supertokens_lambda._http.message import Additions
from supertokens_lambda._verification.session_tokens import same_site

if TYPE_CHECKING:
    from supertokens_lambda._settings import Settings

ANTI_CSRF = "sAntiCsrf"
FRONT_TOKEN = "sFrontToken"

_LIFETIME = 365 * 24 * 3600  # seconds, as long as the access token's cookie


def frontend_cookies(additions: Additions, settings: Settings) -> Additions:
    """Return the cookies that the browser SDK would have stored after reading a response.

    Parameters
    ----------
    additions : Additions
        The session's cookies and headers of the response.
    settings : Settings
        The cookie domain must equal ``sessionTokenFrontendDomain`` of the browser SDK.

    Returns
    -------
    Additions
        Empty if the session is unchanged. After a change, ``st-last-access-token-update``, without which the browser
        SDK would refresh again, and ``sFrontToken``; if the session ended, ``sFrontToken`` and ``sAntiCsrf`` are
        cleared.
    """
    headers = dict(additions.headers)
    front_token = headers.get("front-token")
    if front_token is None:
        return Additions()

    def write(name: str, value: str) -> str:
        return set_cookie(
            name,
            quote(value, safe="/+="),
            domain=settings.cookie_domain,
            expires=time.time() + _LIFETIME,
            secure=settings.secure,
            http_only=False,
            same_site=same_site(settings),
        )

    def clear(name: str) -> str:
        return clear_cookie(
            name, domain=settings.cookie_domain, secure=settings.secure, http_only=False, same_site=same_site(settings)
        )

    updated = write("st-last-access-token-update", str(time.time_ns() // 1_000_000))
    if front_token == "remove":
        return Additions((clear(FRONT_TOKEN), clear(ANTI_CSRF), updated))
    anti_csrf = (write(ANTI_CSRF, headers["anti-csrf"]),) if "anti-csrf" in headers else ()
    return Additions((write(FRONT_TOKEN, front_token), updated, *anti_csrf))
