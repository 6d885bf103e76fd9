"""Requests that are passed on to a server ("HTTP proxy integrations" of HTTP APIs and REST APIs)."""

from collections.abc import Mapping
from urllib.parse import quote

import httpx

from supertokens_lambda_local.gateway.answers import HttpAnswer
from supertokens_lambda_local.gateway.bodies import is_among
from supertokens_lambda_local.gateway.gateway_responses import valued
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import Match
from supertokens_lambda_local.template.api_model import ANY_METHOD, Backend, Route

# What is of one connection (RFC 9110 section 7.6.1), and what httpx writes itself.
_OF_THE_CONNECTION = {
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


class BackendError(Exception):
    """The server did not answer; the message says why."""


async def ask_backend(
    client: httpx.AsyncClient, backend: Backend, request: HttpRequest, match: Match, context: Mapping[str, str]
) -> HttpAnswer:
    """Pass a request on, and return the server's answer.

    A REST API passes on bodies of its binary media types byte for byte, and every other one as UTF-8 text ("Binary
    media types for REST APIs in API Gateway").

    Parameters
    ----------
    client : httpx.AsyncClient
        With the connections that are kept.
    backend : Backend
        The server.
    request : HttpRequest
        The request.
    match : Match
        The route that it takes.
    context : mapping of str to str
        The request's values, like ``context.authorizer.userId``; a header whose value is not there is taken out.

    Raises
    ------
    BackendError
        If the server does not answer.
    """
    url = backend.uri
    for name, value in match.path_parameters.items():
        for variable in (f"{{{name}}}", f"{{{name}+}}"):
            # Those of a REST API keep the encoding of the request.
            url = url.replace(variable, value if match.route.is_rest else quote(value))
    dropped = _OF_THE_CONNECTION | set(backend.headers)
    headers = [
        # As the bytes that they came as.
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in (*request.unforwarded(), *request.forwarded())
        if name not in dropped
    ]
    mapped = ((name, valued(expression, context)) for name, expression in backend.headers.items())
    headers += [(name.encode(), value.encode()) for name, value in mapped if value is not None]
    outgoing = httpx.Request(
        request.method if backend.method == ANY_METHOD else backend.method,
        f"{url}?{request.raw_query}" if request.raw_query else url,
        headers=headers,
        content=_passed_on(request.body, request.header("content-type"), match.route),
    )
    try:
        response = await client.send(outgoing, stream=True)
        try:
            body = b"".join([part async for part in response.aiter_raw()])
        finally:
            await response.aclose()
    except httpx.HTTPError as error:
        raise BackendError(f"{type(error).__name__} at {backend.uri}") from None
    answered = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    kept_back = _OF_THE_CONNECTION - {"content-length"} if outgoing.method == "HEAD" else _OF_THE_CONNECTION
    return HttpAnswer(
        response.status_code,
        tuple((name, value) for name, value in answered if name.lower() not in kept_back),
        _passed_on(body, response.headers.get("content-type", ""), match.route),
    )


def _passed_on(body: bytes, content_type: str, route: Route) -> bytes:
    if not route.is_rest or is_among(content_type, route.binary_media_types):
        return body
    return body.decode(errors="replace").encode()
