"""The floor, its key set at hand."""

import os
from typing import Any

from benchmarks.subjects.floor import answer, read_key_set

with open(os.environ["SUPERTOKENS_JWKS_FILE"], "rb") as _file:  # noqa: PTH123 - a floor loads no pathlib
    _KEYS = read_key_set(_file.read())


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an event of an HTTP API."""
    return answer(event, _KEYS)
