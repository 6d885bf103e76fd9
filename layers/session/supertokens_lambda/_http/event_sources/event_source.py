"""The protocol of event sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Additions, Request, Response

Event = Mapping[str, Any]
Answer = Any


class EventSource(Protocol):
    """An AWS service that invokes a function with HTTP requests."""

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event.

        Parameters
        ----------
        event : mapping
            As AWS passes it to the function.
        prefix : str
            Stage or base path, like ``/dev``: the browser sends it, and the application does not expect it.

        Raises
        ------
        EventError
            A field is missing or has the wrong type.
        """

    def answer(self, response: Response) -> dict[str, Any]:
        """Return a response in the format of this event source."""

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Return the answer of a handler with the session's cookies and headers, and otherwise unchanged in meaning."""
