"""The cookies that SuperTokens' browser SDK keeps, written by the server where no script saw the response.

The browser SDK reads ``front-token`` and ``anti-csrf`` off the responses of its own calls, and remembers them in
cookies that scripts can read. A navigation's response no script sees, so the server writes those cookies.
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
    """Write down what the browser SDK would have read off a response.

    Parameters
    ----------
    additions : Additions
        What the SDK adds to the response.
    settings : Settings
        The cookie domain has to be the browser SDK's ``sessionTokenFrontendDomain``.

    Returns
    -------
    Additions
        Nothing where the session stays as it is. After a change, ``st-last-access-token-update``, without which the
        browser SDK would refresh once more; and ``sFrontToken``, which is missing beside it once nobody is signed in.
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
