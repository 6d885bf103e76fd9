"""The Lambda event that API Gateway makes of an HTTP request, for each event source.

"Create AWS Lambda proxy integrations for HTTP APIs in API Gateway" and "Lambda proxy integrations in API Gateway" give
the two formats of HTTP APIs and the one of REST APIs, "Invoking Lambda function URLs" the one of Function URLs. What
those pages leave open is as real APIs were seen to do it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from supertokens_lambda_local.gateway.bodies import http_api_body, rest_api_body
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import Match
from supertokens_lambda_local.template.api_model import Authorizer

ACCOUNT_ID = "123456789012"
API_ID = "local"

_Pairs: TypeAlias = Iterable[tuple[str, str]]

# What concerns one connection stays with the gateway, and what the gateway says of the connection, nobody else says.
_KEPT_BACK = {
    "connection",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-amzn-trace-id",
}
# A REST API writes these fields so; all others have the lower case of a browser's HTTP/2.
_REST_NAMES = {
    "host": "Host",
    "user-agent": "User-Agent",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
    "x-forwarded-for": "X-Forwarded-For",
    "x-forwarded-port": "X-Forwarded-Port",
    "x-forwarded-proto": "X-Forwarded-Proto",
}
_IDENTITY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)


def make_event(
    request: HttpRequest, match: Match, authorizer_context: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the event that a function gets.

    Parameters
    ----------
    request : HttpRequest
        The request.
    match : Match
        The route that it takes.
    authorizer_context : mapping, optional
        What an authorizer says of the visitor.

    Returns
    -------
    dict
        The event, of JSON's types.
    """
    makers = {
        "http-api-2.0": _http_api_2,
        "http-api-1.0": _http_api_1,
        "rest-api": _rest_api,
        "function-url": _function_url,
    }
    event = makers[match.route.event_source](request, match)
    if authorizer_context is not None:
        is_2 = match.route.event_source == "http-api-2.0"
        event["requestContext"]["authorizer"] = {"lambda": authorizer_context} if is_2 else authorizer_context
    return event


def make_authorizer_event(
    request: HttpRequest, match: Match, authorizer: Authorizer, identity: Sequence[str]
) -> dict[str, Any]:
    """Return the event that an authorizer gets: a function's without the body, and what it is asked for.

    Parameters
    ----------
    request : HttpRequest
        The request.
    match : Match
        The route that it takes.
    authorizer : Authorizer
        The authorizer.
    identity : sequence of str
        The values of its identity sources.

    Returns
    -------
    dict
        The event, of JSON's types.
    """
    arn = f"arn:aws:execute-api:us-east-1:{ACCOUNT_ID}:{API_ID}/{match.route.stage}/{request.method}{match.path}"
    if authorizer.kind == "token":
        return {"type": "TOKEN", "methodArn": arn, "authorizationToken": "".join(identity)}
    # The authorizer of an HTTP API may have another format than the function.
    make = _rest_api if match.route.is_rest else _http_api_1 if authorizer.format == "1.0" else _http_api_2
    event = make(request, match)
    del event["isBase64Encoded"]
    event.pop("body", None)
    if match.route.is_rest:
        return {"type": "REQUEST", "methodArn": arn, **event}
    if authorizer.format == "1.0":
        sources = ",".join(identity)
        own = {"version": "1.0", "methodArn": arn, "identitySource": sources, "authorizationToken": sources}
        return {"type": "REQUEST", **own, **event}
    return {"type": "REQUEST", "routeArn": arn, "identitySource": list(identity), **event}


def _http_api_2(request: HttpRequest, match: Match) -> dict[str, Any]:
    headers = [*_headers(request), *_content_length(request)]
    cookies = [part.strip() for name, value in headers if name == "cookie" for part in value.split(";")]
    event = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": request.decoded_path,
        "rawQueryString": request.raw_query,
        "cookies": [cookie for cookie in cookies if cookie],
        "headers": _joined((name, value) for name, value in headers if name != "cookie"),
        "queryStringParameters": _joined(_query(request.raw_query)),
        "requestContext": {
            **_context(request, match),
            "http": {
                "method": request.method,
                "path": request.decoded_path,
                "protocol": request.protocol,
                "sourceIp": request.client,
                "userAgent": request.header("user-agent"),
            },
            "routeKey": match.route.key,
            "time": _clock(request),
            "timeEpoch": _milliseconds(request),
        },
        "pathParameters": dict(match.path_parameters),
        **http_api_body(request),
    }
    # This format leaves out what there is none of.
    return {name: value for name, value in event.items() if value not in ([], {})}


def _function_url(request: HttpRequest, match: Match) -> dict[str, Any]:
    event = _http_api_2(request, match)
    event["requestContext"]["http"]["path"] = event["rawPath"] = request.raw_path
    event["requestContext"]["accountId"] = "anonymous"
    return event


def _http_api_1(request: HttpRequest, match: Match) -> dict[str, Any]:
    event = _format_1(request, match, [*_headers(request), *_content_length(request)], _query(request.raw_query))
    event["requestContext"] |= {"path": request.decoded_path, "resourceId": None}
    return {"version": "1.0", **event, "path": request.decoded_path, "body": None, **http_api_body(request)}


def _rest_api(request: HttpRequest, match: Match) -> dict[str, Any]:
    headers = [(_REST_NAMES.get(name, name), value) for name, value in _headers(request)]
    # "Amazon API Gateway important notes": in a REST API's query a semicolon splits, too.
    event = _format_1(request, match, headers, _query(request.raw_query.replace(";", "&")))
    event["requestContext"] |= {"path": request.raw_path, "resourceId": "local", "deploymentId": "local"}
    return {**event, "path": match.path, **rest_api_body(request, match.route.binary_media_types)}


def _format_1(request: HttpRequest, match: Match, headers: _Pairs, query: _Pairs) -> dict[str, Any]:
    """Return the fields that REST APIs and HTTP APIs share in format 1.0, with null for missing values."""
    all_headers, all_query = _listed(headers), _listed(query)
    return {
        "resource": match.route.path,
        "httpMethod": request.method,
        "headers": _last(all_headers),
        "multiValueHeaders": all_headers,
        "queryStringParameters": _last(all_query) or None,
        "multiValueQueryStringParameters": all_query or None,
        "pathParameters": dict(match.path_parameters) or None,
        "stageVariables": None,
        "requestContext": {
            **_context(request, match),
            "extendedRequestId": request.request_id,
            "httpMethod": request.method,
            "identity": {
                **dict.fromkeys(_IDENTITY),
                "sourceIp": request.client,
                "userAgent": request.header("user-agent"),
            },
            "protocol": request.protocol,
            "requestTime": _clock(request),
            "requestTimeEpoch": _milliseconds(request),
            "resourcePath": match.route.path,
        },
    }


def _context(request: HttpRequest, match: Match) -> dict[str, Any]:
    return {
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        "domainName": request.host,
        "domainPrefix": request.host.partition(".")[0],
        "requestId": request.request_id,
        "stage": match.route.stage,
    }


def _headers(request: HttpRequest) -> list[tuple[str, str]]:
    trace = f"Root=1-{int(request.time.timestamp()):08x}-{request.request_id.replace('-', '')[:24]}"
    return [
        *((name, value) for name, value in request.unforwarded() if name not in _KEPT_BACK),
        *([] if request.header("host") else [("host", request.host)]),
        ("x-amzn-trace-id", trace),
        *request.forwarded(),
    ]


def _content_length(request: HttpRequest) -> _Pairs:
    return [] if request.header("content-length") else [("content-length", str(len(request.body)))]


def _query(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, errors="replace")


def _listed(pairs: _Pairs) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _joined(pairs: _Pairs) -> dict[str, str]:
    return {name: ",".join(values) for name, values in _listed(pairs).items()}


def _last(lists: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in lists.items()}


def _clock(request: HttpRequest) -> str:
    return request.time.strftime("%d/%b/%Y:%H:%M:%S +0000")


def _milliseconds(request: HttpRequest) -> int:
    return int(request.time.timestamp() * 1000)
