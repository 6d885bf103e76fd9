"""What every event source does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Additions, Request, Response

Event = Mapping[str, Any]
Answer = Any


class EventSource(Protocol):
    """One way for HTTP requests to reach a function."""

    def request(self, event: Event, prefix: str) -> Request:
        """Read an event.

        Parameters
        ----------
        event : mapping
            As AWS hands it over.
        prefix : str
            Stage or base path that the browser's path begins with and the application does not know, like ``/dev``.

        Raises
        ------
        EventError
            For a field that is missing or of the wrong type.
        """

    def answer(self, response: Response) -> dict[str, Any]:
        """Give a response the shape that this event source wants."""

    def amend(self, answer: Answer, additions: Additions) -> Answer:
        """Add a session's cookies and headers, of which there are some, to a handler's own answer, its meaning kept."""
