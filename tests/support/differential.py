"""What the tests share that compare answers of the toolkit with those of SuperTokens' SDK."""

import json
import time
from base64 import b64decode
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote

from supertokens_lambda._http.event_sources import event_source_of
from supertokens_lambda._http.message import Additions, Request, Response
from supertokens_lambda.testing.event_sources import ApiGateway
from supertokens_lambda.testing.visits import Visit

from .answer import SetCookie

# Settings under which a session is sent, checked or written in different ways.
MODES: dict[str, dict[str, str]] = {
    "usual": {},
    "via token": {"ANTI_CSRF": "VIA_TOKEN"},
    "via custom header": {"ANTI_CSRF": "VIA_CUSTOM_HEADER"},
    "no anti-CSRF": {"ANTI_CSRF": "NONE"},
    "strict": {"COOKIE_SAME_SITE": "strict"},
    "static keys": {"USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY": "false"},
}


def filled(text: str, token: str, other: str, anti_csrf_token: str | None) -> str:
    """Put the tokens of one side into a cookie or a header that both sides send."""
    given = {"TOKEN": token, "QUOTED": quote(token, safe=""), "OTHER": other, "CSRF": anti_csrf_token or "none"}
    for name, value in given.items():
        text = text.replace(f"<{name}>", value)
    return text


def request_of(method: str, target: str, headers: dict[str, str], cookies: list[str], body: bytes = b"") -> Request:
    """Make a request as API Gateway passes it on."""
    sent = {"host": "localhost"} | headers
    event = ApiGateway("http-api-2.0").event(Visit(method, target, tuple(sent.items()), tuple(cookies), body))
    source = event_source_of(event)
    assert source is not None
    return source.request(event, "")


def comparable(answer: Response | Additions, user_id: str) -> dict[str, Any]:
    """Return what an answer must have in common with one for another session."""
    found = {
        "headers": [_header(name, value, user_id) for name, value in answer.headers],
        "cookies": [_cookie(SetCookie.of(text), user_id) for text in answer.cookies],
    }
    return found | {"status": answer.status, "body": answer.body} if isinstance(answer, Response) else found


def _header(name: str, value: str, user_id: str) -> tuple[str, Any]:
    if name.startswith("st-") or name in ("front-token", "anti-csrf"):
        return name, _token(value, user_id)
    return name, value


def _cookie(cookie: SetCookie, user_id: str) -> tuple[Any, ...]:
    attributes = dict(cookie.attributes)
    expires = attributes.pop("expires", None)
    lives = None if expires is None else _hours_left(parsedate_to_datetime(expires).timestamp())
    return cookie.name, attributes, lives, _token(unquote(cookie.value), user_id)


def _hours_left(at: float) -> int | str:
    """Return for how long a cookie is kept: lifetimes are whole hours, and the two answers are made moments apart."""
    return "cleared" if at == 0 else round((at - time.time()) / 3600)


def _token(value: str, user_id: str) -> Any:
    """Return what does not differ from session to session."""
    if value in ("", "remove"):
        return value
    for part in (value, value.split(".")[1] if value.count(".") == 2 else ""):
        try:
            content = json.loads(b64decode(part + "=" * (-len(part) % 4)))
        except ValueError:
            continue
        if isinstance(content, dict):
            return [*content], user_id in (content.get("uid"), content.get("sub"))
    return "a token"
