"""HTTP API, payload format 1.0 ("Create AWS Lambda proxy integrations for HTTP APIs", API Gateway)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._http.event_sources.fields import text
from supertokens_lambda._http.event_sources.rest_api import RestApi
from supertokens_lambda._http.redirects import quote_path

if TYPE_CHECKING:
    from supertokens_lambda._http.event_sources.event_source import Event


class HttpApi1(RestApi):
    """HTTP API in the format of REST APIs: the path arrives decoded, and `cookies` of an answer are ignored."""

    def seen_path(self, event: Event) -> str:
        """Return the path with stage and base path, encoded again: API Gateway has decoded what the browser sent."""
        return quote_path(text(event, "path"))
