"""When a body is handed over as text, and when in base64."""

import base64
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from supertokens_lambda_local.gateway.request import HttpRequest

# Everything else is binary to an HTTP API, even a form, JSON under another name, and a body of no type.
_TEXT_TYPE = re.compile(r"text/.+|application/(json|xml|javascript)", re.IGNORECASE)


def http_api_body(request: HttpRequest) -> dict[str, Any]:
    """Return the event's fields for the body at an HTTP API, where the type of the request decides."""
    if not request.body:
        return {"isBase64Encoded": False}
    return _body_fields(request.body, binary=not _TEXT_TYPE.fullmatch(_media_type(request.header("content-type"))))


def rest_api_body(request: HttpRequest, binary_media_types: Iterable[str]) -> dict[str, Any]:
    """Return the event's fields for the body at a REST API ("Binary media types for REST APIs in API Gateway")."""
    if not request.body:
        return {"body": None, "isBase64Encoded": False}
    return _body_fields(request.body, binary=is_among(request.header("content-type"), binary_media_types))


def is_among(field: str, media_types: Iterable[str]) -> bool:
    """Check whether the first media type of a field is among those of a list, which may have wildcards."""
    first = _media_type(field.partition(",")[0])
    return any(fnmatchcase(first or "/", media_type.lower()) for media_type in media_types)


def _body_fields(body: bytes, *, binary: bool) -> dict[str, Any]:
    text = base64.b64encode(body).decode() if binary else body.decode(errors="replace")
    return {"body": text, "isBase64Encoded": binary}


def _media_type(field: str) -> str:
    return field.partition(";")[0].strip().lower()
