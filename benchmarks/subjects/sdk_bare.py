"""SuperTokens' SDK with no web framework around it and one event loop kept."""

import asyncio
from typing import Any

from supertokens_python.framework.request import BaseRequest
from supertokens_python.recipe.session.asyncio import get_session
from supertokens_python.recipe.session.exceptions import TryRefreshTokenError, UnauthorisedError
from supertokens_python.recipe.session.interfaces import SessionContainer

from benchmarks.subjects.sdk_init import start

start()
_LOOP = asyncio.new_event_loop()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an event of an HTTP API."""
    try:
        session = _LOOP.run_until_complete(get_session(_Request(event)))
    except (TryRefreshTokenError, UnauthorisedError):
        return {"statusCode": 302, "headers": {"location": "/refresh-session?redirectBack=/dashboard"}}
    user_id = session.get_user_id() if session else ""
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": f"Hello {user_id}"}


class _Request(BaseRequest):
    """An event as the SDK reads it, no more than `get_session` asks for."""

    def __init__(self, event: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the SDK leaves this one without types
        self._event = event
        self._headers: dict[str, str] = event["headers"]
        self._cookies: dict[str, str] = dict(cookie.split("=", 1) for cookie in event["cookies"])

    def method(self) -> str:
        return str(self._event["requestContext"]["http"]["method"])

    def get_path(self) -> str:
        return str(self._event["rawPath"])

    def get_original_url(self) -> str:
        return f"{self._event['rawPath']}?{self._event['rawQueryString']}"

    def get_cookie(self, key: str) -> str | None:
        return self._cookies.get(key)

    def get_header(self, key: str) -> str | None:
        if key.lower() == "cookie":
            return "; ".join(self._event["cookies"])
        return self._headers.get(key.lower())

    def get_query_param(self, _key: str, default: str | None = None) -> str | None:
        return default

    def get_query_params(self) -> dict[str, Any]:
        return {}

    async def json(self) -> dict[str, Any]:
        return {}

    async def form_data(self) -> dict[str, Any]:
        return {}

    def get_session(self) -> SessionContainer | None:
        return None

    def set_session(self, session: SessionContainer) -> None:
        """Set nothing: the caller has it."""

    def set_session_as_none(self) -> None:
        """Set nothing."""
