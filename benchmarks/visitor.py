"""A browser in front of functions behind an HTTP API: it keeps cookies, and makes the events."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from benchmarks.events import EVENT, OTHER_COOKIES

_CALL = {
    "accept": "*/*",
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "st-auth-mode": "cookie",
    "rid": "anti-csrf",
    "content-type": "application/json",
    "origin": "https://app.example.com",
}
_REFRESH_PATH = "/auth/session/refresh"


class Visitor:
    """A browser that holds a session, or none.

    Parameters
    ----------
    session : tuple of str, optional
        Access token and refresh token.
    """

    def __init__(self, session: tuple[str, str] | None = None) -> None:
        self._cookies: dict[tuple[str, str], str] = {}
        if session:
            access_token, refresh_token = session
            self._cookies["sAccessToken", "/"] = access_token
            self._cookies["sRefreshToken", _REFRESH_PATH] = quote(refresh_token, safe="")

    def opens(self, target: str) -> dict[str, Any]:
        """Return the event of a navigation; the target may be a whole URL."""
        return self._event(target, "GET", EVENT["headers"])

    def posts(self, target: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the event of a script's POST of JSON."""
        return self._event(target, "POST", EVENT["headers"] | _CALL) | {"body": json.dumps(content)}

    def keeps(self, answer: Mapping[str, Any]) -> str:
        """Merge the cookies of an answer; return where it sends the browser."""
        for header in answer.get("cookies", ()):
            pair, *attributes = header.split(";")
            name, _, value = pair.partition("=")
            found = {key.strip().lower(): given for key, _, given in (part.partition("=") for part in attributes)}
            if value:
                self._cookies[name, found.get("path", "/")] = value
            else:
                self._cookies.pop((name, found.get("path", "/")), None)
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        return str(headers.get("location", ""))

    def _event(self, target: str, method: str, headers: Mapping[str, str]) -> dict[str, Any]:
        url = urlsplit(target)
        sent = [f"{name}={value}" for (name, path), value in self._cookies.items() if url.path.startswith(path)]
        context = EVENT["requestContext"]
        http = context["http"] | {"method": method, "path": url.path}
        return EVENT | {
            "routeKey": f"{method} {url.path}",
            "rawPath": url.path,
            "rawQueryString": url.query,
            "queryStringParameters": dict(parse_qsl(url.query)),
            "headers": dict(headers),
            "requestContext": context | {"http": http},
            "cookies": OTHER_COOKIES + sent,
        }
