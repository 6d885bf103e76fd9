"""The requests of browsers, as events of any event source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda.testing.event_sources import ApiGateway
from supertokens_lambda.testing.visits import EventSource, Seen, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PAGE = {"host": "app.example.com", "accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}
_HTTP_API = ApiGateway("http-api-2.0")


class Requests:
    """Factory for the requests of browsers."""

    def event(
        self,
        target: str = "/",
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        cookies: Iterable[str] = (),
        body: str | bytes = b"",
        event_source: EventSource = _HTTP_API,
    ) -> dict[str, Any]:
        """Build the event of a browser's navigation.

        Parameters
        ----------
        target : str
            Path and query, percent-encoded.
        method, body
            Method and body of the request; a text is sent in UTF-8.
        headers : mapping of str to str, optional
            Added to the headers of a browser, or replacing them: ``{"sec-fetch-dest": "empty"}`` is for the call of a
            script.
        cookies : iterable of str
            Each like ``name=value``, from `cookies` or others.
        event_source : EventSource
            By default an HTTP API with payload format 2.0.
        """
        sent = _PAGE | {name.lower(): value for name, value in (headers or {}).items()}
        content = body.encode() if isinstance(body, str) else body
        return event_source.event(Visit(method, target, tuple(sent.items()), tuple(cookies), content))

    def seen(self, answer: Any, event_source: EventSource = _HTTP_API) -> Seen:
        """Return what a browser gets for a function's answer: its `status`, `headers`, `body` and `text`.

        Raises
        ------
        MalformedError
            The event source would answer 502.
        """
        return event_source.seen(answer)
