"""Function URL (AWS Lambda's "Invoking Lambda function URLs"): the payload format 2.0 of HTTP APIs."""

from supertokens_lambda.http.doors.http_api import HttpApi


class FunctionUrl(HttpApi):
    """A function's own URL: the path arrives as sent."""

    def as_sent(self, raw_path: str) -> str:
        """Give the path as the browser sent it, which is how it arrives."""
        return raw_path
