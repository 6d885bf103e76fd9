"""The HTTP response that API Gateway makes of a function's result, for each event source."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from supertokens_lambda_local.gateway.bodies import is_among
from supertokens_lambda_local.template.api_model import Route

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_REST_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
# API Gateway frames its own responses, whatever the function says about it.
_FRAMING = {"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
# "Amazon API Gateway important notes": a REST API gives these of the function's another name.
_REMAPPED = {"content-length", "connection", "date", "server", "www-authenticate"}


class MalformedAnswerError(Exception):
    """A result that API Gateway cannot make a response of; the message says why."""


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP response.

    Attributes
    ----------
    status : int
        The status code.
    headers : tuple of pairs of str
        The fields, a repeated one several times.
    body : bytes
        The body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def make_answer(route: Route, result: str, accept: str = "") -> HttpAnswer:
    """Return the response for a function's result.

    Parameters
    ----------
    route : Route
        The route that the request took.
    result : str
        The result, as JSON.
    accept : str
        The request's Accept field; with a REST API it decides whether base64 is decoded.

    Raises
    ------
    MalformedAnswerError
        If the event source cannot take it.
    """
    if route.event_source in {"http-api-2.0", "function-url"}:
        return _http_api_2(result)
    answer = json.loads(result)
    if not isinstance(answer, dict):
        raise MalformedAnswerError("it is not an object")
    if route.event_source == "http-api-1.0":
        return _response(answer, _all_headers(answer), "text/plain; charset=utf-8", decode=True)
    if unknown := answer.keys() - _REST_KEYS:
        raise MalformedAnswerError(f"a REST API takes no {', '.join(sorted(unknown))}")
    headers = (
        (f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name, value)
        for name, value in _all_headers(answer)
    )
    return _response(answer, headers, "application/json", decode=is_among(accept, route.binary_media_types))


def _http_api_2(result: str) -> HttpAnswer:
    answer = json.loads(result)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        body = answer if isinstance(answer, str) else result
        return HttpAnswer(200, (("content-type", "application/json"),), body.encode(errors="replace"))
    cookies = answer.get("cookies") or []
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        raise MalformedAnswerError("cookies is not a list of strings")
    headers = [*_single_headers(answer), *(("set-cookie", cookie) for cookie in cookies)]
    return _response(answer, headers, "text/plain; charset=utf-8", decode=True)


def _response(
    answer: Mapping[str, Any], headers: Iterable[tuple[str, str]], default_type: str, *, decode: bool
) -> HttpAnswer:
    status = _status(answer.get("statusCode"))
    sent = [(name, value) for name, value in map(_checked, headers) if name.lower() not in _FRAMING]
    if not any(name.lower() == "content-type" for name, _ in sent):
        sent.append(("content-type", default_type))
    # RFC 9110, 6.4.1: these have no content.
    body = b"" if status in {204, 304} else _body(answer, decode=decode)
    return HttpAnswer(status, tuple(sent), body)


def _status(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise MalformedAnswerError("statusCode is not a number from 200 to 599")
    return value


def _body(answer: Mapping[str, Any], *, decode: bool) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedAnswerError("body is not a string")
    if not (answer.get("isBase64Encoded") is True and decode):
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise MalformedAnswerError("body is not base64, but isBase64Encoded is true") from None


def _single_headers(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in _map(answer, "headers").items():
        yield name, _scalar(name, value)


def _all_headers(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Merge both maps; a pair that is in both is sent once ("Lambda proxy integrations in API Gateway")."""
    repeated = []
    for name, values in _map(answer, "multiValueHeaders").items():
        if not isinstance(values, list):
            raise MalformedAnswerError(f"the values of {name} in multiValueHeaders are not a list")
        repeated += [(name, _scalar(name, value)) for value in values]
    yield from repeated
    known = {(name.lower(), value) for name, value in repeated}
    yield from (pair for pair in _single_headers(answer) if (pair[0].lower(), pair[1]) not in known)


def _map(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = answer.get(name) or {}
    if not isinstance(found, dict):
        raise MalformedAnswerError(f"{name} is not an object")
    return found


def _scalar(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise MalformedAnswerError(f"the header {name} is not a string")


def _checked(header: tuple[str, str]) -> tuple[str, str]:
    name, value = header[0], header[1].strip()
    if not _NAME.fullmatch(name):
        raise MalformedAnswerError("a header's name has characters that no name has")
    if not _VALUE.fullmatch(value):
        raise MalformedAnswerError(f"the header {name} has characters that no header has")
    return name, value
