"""What a sign-in of several pages keeps in the browser: a cookie for each kind of sign-in."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from supertokens_lambda._http.cookies import clear_cookie, set_cookie

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._http.message import Request
    from supertokens_lambda._settings import Settings

_LIFETIME = 3600  # seconds; a link in an e-mail is good for about as long
_LARGEST = 3072  # bytes of the value; browsers keep 4,096 with name and attributes
_TARGET = "redirectBack"


def keep(name: str, content: Mapping[str, str], settings: Settings) -> str:
    """Return the Set-Cookie value; `supertokens_lambda.forms.keep` is the public name, and has the parameters."""
    value = _encoded(content)
    if len(value) > _LARGEST:
        value = _encoded({key: text for key, text in content.items() if key != _TARGET})
    return set_cookie(_name(name, settings), value, max_age=_LIFETIME, secure=_is_secure(settings))


def kept(request: Request, name: str, settings: Settings) -> Mapping[str, str]:
    """Return what is kept; empty if there is nothing, or two cookies of the name."""
    values = request.cookies.all(_name(name, settings))
    if len(values) != 1:
        return {}
    try:
        content = json.loads(urlsafe_b64decode(values[0]))
        # JSON may contain an unpaired surrogate, which cannot be encoded later.
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        return {}
    return content


def forget(name: str, settings: Settings) -> str:
    """Return the Set-Cookie value that removes the cookie."""
    return clear_cookie(_name(name, settings), secure=_is_secure(settings))


def _encoded(content: Mapping[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(dict(content)).encode()).decode()


def _is_secure(settings: Settings) -> bool:
    return settings.website_domain.startswith("https:")


def _name(name: str, settings: Settings) -> str:
    # With this prefix browsers take the cookie from this very host alone (RFC 6265bis): no sibling's pages choose it.
    return f"{'__Host-' if _is_secure(settings) else ''}stFlow-{name}"
