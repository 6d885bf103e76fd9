"""What API Gateway answers by itself, without a function's result."""

import json

from supertokens_lambda_local.gateway.answers import HttpAnswer


def not_found(*, rest: bool) -> HttpAnswer:
    """Return the answer to a request without a matching route."""
    if rest:
        return _refusal(403, "Missing Authentication Token", "MissingAuthenticationTokenException")
    return _refusal(404, "Not Found")


def turned_away(kind: str, *, rest: bool) -> HttpAnswer:
    """Return the answer to a request that its authorizer refuses, by the type of the gateway response."""
    if not rest:
        status, message = {"UNAUTHORIZED": (401, "Unauthorized"), "ACCESS_DENIED": (403, "Forbidden")}.get(
            kind, (500, "Internal Server Error")
        )
        return _refusal(status, message)
    if kind == "UNAUTHORIZED":
        return _refusal(401, "Unauthorized", "UnauthorizedException")
    if kind == "ACCESS_DENIED":
        return _refusal(403, "User is not authorized to access this resource", "AccessDeniedException")
    return _refusal(500, None, "AuthorizerConfigurationException")


def function_failed(*, rest: bool) -> HttpAnswer:
    """Return the answer for a function that raised, ended, timed out, or returned a malformed result."""
    if rest:
        return _refusal(502, "Internal server error", "InternalServerErrorException")
    return _refusal(500, "Internal Server Error")


def integration_timed_out(*, rest: bool) -> HttpAnswer:
    """Return the answer for a function that takes longer than API Gateway waits."""
    if rest:
        return _refusal(504, "Endpoint request timed out", "InternalServerErrorException")
    return _refusal(503, "Service Unavailable")


def unavailable_here(reason: str) -> HttpAnswer:
    """Return the answer for a target that does not run on this machine."""
    return _refusal(501, f"Not available on this machine: {reason}")


def backend_failed(*, rest: bool) -> HttpAnswer:
    """Return the answer for a server that cannot be reached."""
    if rest:
        return _refusal(504, "Network error communicating with endpoint", "InternalServerErrorException")
    return _refusal(503, "Service Unavailable")


def body_too_large(*, rest: bool) -> HttpAnswer:
    """Return the answer to a request whose body is over the quota of API Gateway or of Lambda."""
    if rest:
        return _refusal(413, "Request Too Long", "BadRequestException")
    return _refusal(413, "Request Entity Too Large")


def headers_too_large() -> HttpAnswer:
    """Return the answer to a request whose header is over the quota of API Gateway."""
    return _refusal(431, "Request Header Fields Too Large")


def bad_request() -> HttpAnswer:
    """Return the answer to a request whose target is not a path."""
    return _refusal(400, "Bad Request")


def _refusal(status: int, message: str | None, error_type: str | None = None) -> HttpAnswer:
    headers = [("content-type", "application/json")]
    if error_type:
        headers.append(("x-amzn-errortype", error_type))
    return HttpAnswer(status, tuple(headers), json.dumps({"message": message}, separators=(",", ":")).encode())
