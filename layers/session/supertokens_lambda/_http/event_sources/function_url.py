"""Function URL ("Invoking Lambda function URLs", AWS Lambda): the payload format 2.0 of HTTP APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._http.event_sources.fields import text
from supertokens_lambda._http.event_sources.http_api import HttpApi

if TYPE_CHECKING:
    from supertokens_lambda._http.event_sources.event_source import Event


class FunctionUrl(HttpApi):
    """URL of a function."""

    def seen_path(self, event: Event) -> str:
        """Return the path, which arrives as the browser sent it."""
        return text(event, "rawPath")
