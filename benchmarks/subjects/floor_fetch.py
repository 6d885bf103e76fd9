"""The floor, its key set fetched at start."""

import http.client
import os
from typing import Any

from benchmarks.subjects.floor import answer, read_key_set

_connection = http.client.HTTPConnection(os.environ["SUPERTOKENS_CONNECTION_URI"].removeprefix("http://"))
_connection.request("GET", "/.well-known/jwks.json")
_KEYS = read_key_set(_connection.getresponse().read())


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an event of an HTTP API."""
    return answer(event, _KEYS)
