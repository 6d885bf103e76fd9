"""Responses with the interface of the SDK's `BaseResponse`."""

from __future__ import annotations

import json
from typing import Any, Literal

from supertokens_python.framework.response import BaseResponse

from supertokens_lambda._http.cookies import set_cookie
from supertokens_lambda._http.message import NO_STORE, Additions, Response


class SdkResponse(BaseResponse):
    """A response as the SDK writes it: the first body and status count, and the last value of a cookie or header."""

    def __init__(self) -> None:
        super().__init__({}, 200)
        self._cookies: dict[tuple[str, str, str], str] = {}
        self._headers: dict[str, str] = {}
        self._body: str | None = None
        self._has_status = False

    def set_cookie(
        self,
        key: str,
        value: str,
        expires: int,
        path: str = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: Literal["lax", "strict", "none"] = "lax",
    ) -> None:
        """Set a cookie; `expires` is in milliseconds since 1970."""
        self._cookies[key, path, domain or ""] = set_cookie(
            key,
            value,
            path=path,
            domain=domain or None,
            expires=expires / 1000,
            secure=secure,
            http_only=httponly,
            same_site=samesite,
        )

    def set_header(self, key: str, value: str) -> None:
        """Set a header."""
        self._headers[key.lower()] = value

    def get_header(self, key: str) -> str | None:
        """Return a header that was set."""
        return self._headers.get(key.lower())

    def remove_header(self, key: str) -> None:
        """Remove a header."""
        self._headers.pop(key.lower(), None)

    def set_status_code(self, status_code: int) -> None:
        """Set the status, unless it is set."""
        if not self._has_status:
            self.status_code = status_code
            self._has_status = True

    def set_json_content(self, content: dict[str, Any]) -> None:
        """Set the body, unless it is set."""
        if self._body is None:
            self.content = content
            self._body = json.dumps(content)
            self._headers["content-type"] = "application/json"

    def set_html_content(self, content: str) -> None:
        """Set the body, unless it is set."""
        if self._body is None:
            self._body = content
            self._headers["content-type"] = "text/html; charset=utf-8"

    def redirect(self, url: str) -> SdkResponse:
        """Set a redirect."""
        self.set_header("location", url)
        self.set_status_code(302)
        return self

    def additions(self) -> Additions:
        """Return the cookies and headers to add to another response."""
        headers = ((name, value) for name, value in self._headers.items() if name != "content-type")
        return Additions(tuple(self._cookies.values()), tuple(headers))

    def response(self) -> Response:
        """Return the whole response."""
        return Response(
            status=self.status_code,
            headers=(*self._headers.items(), NO_STORE),
            cookies=tuple(self._cookies.values()),
            body=self._body or "",
        )
