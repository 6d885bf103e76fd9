"""HTTP API, payload format 1.0 (API Gateway's "Create AWS Lambda proxy integrations for HTTP APIs")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._http.event_sources.fields import text
from supertokens_lambda._http.event_sources.rest_api import RestApi
from supertokens_lambda._http.redirects import quote_path

if TYPE_CHECKING:
    from supertokens_lambda._http.event_sources.event_source import Event


class HttpApi1(RestApi):
    """An HTTP API in the format of REST APIs: the path arrives decoded as well; `cookies` in an answer are ignored."""

    def seen_path(self, event: Event) -> str:
        """Encode the path again, stage and base path included, since what the browser sent is lost."""
        return quote_path(text(event, "path"))
