"""CORS, as API Gateway answers it for HTTP APIs, and Lambda for Function URLs ("Configure CORS for HTTP APIs")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from supertokens_lambda_local.gateway.answers import HttpAnswer

if TYPE_CHECKING:
    from supertokens_lambda_local.gateway.request import HttpRequest
    from supertokens_lambda_local.template.api_model import Cors

_PREFIX = "access-control-"


def is_preflight(request: HttpRequest) -> bool:
    """Check whether a request is a browser's question whether a call is allowed."""
    return (
        request.method == "OPTIONS"
        and bool(request.header("origin"))
        and bool(request.header("access-control-request-method"))
    )


def preflight(request: HttpRequest, cors: Cors) -> HttpAnswer:
    """Return the answer to a preflight; one from an origin that is not allowed says nothing of CORS."""
    lists = {"allow-methods": cors.methods, "allow-headers": cors.headers}
    headers = [(f"{_PREFIX}{name}", ",".join(values)) for name, values in lists.items() if values]
    if cors.max_age is not None:
        headers.append((f"{_PREFIX}max-age", str(cors.max_age)))
    allowed = _allowed(request, cors)
    return HttpAnswer(204, (*allowed, *headers) if allowed else (), b"")


def shared(answer: HttpAnswer, request: HttpRequest, cors: Cors) -> HttpAnswer:
    """Return an answer with what the API says of CORS, in place of what the function or the server says."""
    kept = tuple(pair for pair in answer.headers if not pair[0].lower().startswith(_PREFIX))
    return replace(answer, headers=(*kept, *_allowed(request, cors)))


def _allowed(request: HttpRequest, cors: Cors) -> tuple[tuple[str, str], ...]:
    origin = request.header("origin")
    scheme = origin.partition("://")[0]
    if not origin or not {origin, "*", f"{scheme}://*"} & set(cors.origins):
        return ()
    headers = [(f"{_PREFIX}allow-origin", "*" if "*" in cors.origins and not cors.credentials else origin)]
    if cors.credentials:
        headers.append((f"{_PREFIX}allow-credentials", "true"))
    if cors.exposed:
        headers.append((f"{_PREFIX}expose-headers", ",".join(cors.exposed)))
    return tuple(headers)
