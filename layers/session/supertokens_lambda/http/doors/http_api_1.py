"""HTTP API, payload format 1.0 (API Gateway's "Create AWS Lambda proxy integrations for HTTP APIs")."""

from supertokens_lambda.http.doors.rest_api import RestApi
from supertokens_lambda.http.redirects import quote_path


class HttpApi1(RestApi):
    """An HTTP API in the format of REST APIs: the path arrives decoded as well; `cookies` in an answer are ignored."""

    def as_sent(self, path: str) -> str:
        """Encode the path again, since what the browser sent is lost."""
        return quote_path(path)
