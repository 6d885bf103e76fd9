"""Requests with the interface of the SDK's `BaseRequest`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from supertokens_python.framework.request import BaseRequest

from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._http.json_text import parse_json
from supertokens_lambda._http.message import ContentTooLargeError
from supertokens_lambda._verification.access_token import AccessToken, NotATokenError
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, REFRESH_TOKEN

if TYPE_CHECKING:
    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._http.message import Request

_COUNTED = (ACCESS_TOKEN, REFRESH_TOKEN)


class SdkRequest(BaseRequest):
    """A request as the SDK reads it."""

    def __init__(self, request: Request) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the SDK does not annotate it
        self._request = request
        self._session: SessionContainer | None = None

    def get_original_url(self) -> str:
        """Return path and query."""
        return self._request.target

    def get_query_param(self, key: str, default: str | None = None) -> str | None:
        """Return one parameter of the query."""
        return self._request.parameters.get(key, default)

    def get_query_params(self) -> dict[str, Any]:
        """Return all parameters of the query."""
        return dict(self._request.parameters)

    async def json(self) -> dict[str, Any]:
        """Return the body without malformed parts, so that the SDK answers that they are missing."""
        try:
            content = parse_json(self._request.body)
            # JSON can contain unpaired surrogates (RFC 8259 section 8.2), which cannot be sent to the core.
            json.dumps(content, ensure_ascii=False).encode()
        except ValueError:
            return {}
        if not isinstance(content, dict):
            return {}
        fields = content.get("formFields")
        if isinstance(fields, list) and not all(isinstance(field, dict) for field in fields):
            del content["formFields"]
        return content

    async def form_data(self) -> dict[str, Any]:
        """Return the form fields of the body; none if the form is too large."""
        try:
            return dict(self._request.form())
        except ContentTooLargeError:
            return {}

    def method(self) -> str:
        """Return the method."""
        return self._request.method

    def get_cookie(self, key: str) -> str | None:
        """Return a cookie, still percent-encoded."""
        value = self._request.cookies.get(key)
        if not value or key != ACCESS_TOKEN:
            return value
        token = decoded(value)
        verifiable = _verifiable(token)
        return value if verifiable == token else quote(verifiable, errors="replace")

    def get_header(self, key: str) -> str | None:
        """Return a header; in the Cookie header the SDK looks for duplicates."""
        name = key.lower()
        if name == "cookie":
            return _countable(self._request.cookies.header)
        value = self._request.headers.get(name)
        if name == "authorization" and value and value.startswith("Bearer "):
            return f"Bearer {_verifiable(value.removeprefix('Bearer ').strip())}"
        return value

    def get_session(self) -> SessionContainer | None:
        """Return the session that the SDK stored here."""
        return self._session

    def set_session(self, session: SessionContainer) -> None:
        """Set the session that the SDK found or created."""
        self._session = session

    def set_session_as_none(self) -> None:
        """Set the session to None."""
        self._session = None

    def get_path(self) -> str:
        """Return the path without the stage, which the SDK adds itself."""
        return self._request.path


def _verifiable(token: str) -> str:
    """Return a token; remove a signature whose base64 is not canonical, because the SDK would accept it."""
    try:
        parsed = AccessToken(token)
    except NotATokenError:
        return token
    # Tokens of version 2 are padded.
    return token if parsed.signature or parsed.header.version == 2 else f"{token.rpartition('.')[0]}."


def _countable(header: str) -> str:
    """Return a Cookie header in which the SDK counts all session cookies: it skips values with an equals sign."""
    pairs = [pair.partition("=") for pair in header.split(";")]
    return ";".join(
        name + equals + (value.replace("=", "%3D") if decoded(name.strip()) in _COUNTED else value)
        for name, equals, value in pairs
    )
