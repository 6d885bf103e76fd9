"""Answers in the core's shapes."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response


def json_response(content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON as the core writes it."""
    return Response(f"{json.dumps(content)}\n", headers=headers, media_type="application/json; charset=UTF-8")


def text_response(text: str, status: int = 200) -> Response:
    """Return text as the core writes it, errors above all."""
    return Response(f"{text}\n", status, headers={"content-type": "text/html; charset=UTF-8"})


def ok(**fields: Any) -> Response:
    """Return JSON with the status OK."""
    return json_response({**fields, "status": "OK"})
