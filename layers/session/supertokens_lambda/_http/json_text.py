"""JSON from outside, with a limit on its depth.

At Python's recursion limit, Python 3.11 may run the garbage collector inside the parser, and destructors then have no
stack left.
"""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

MAX_DEPTH = 400  # less than half of Python's recursion limit, which counts the callers too

_raw_decode = json.JSONDecoder().raw_decode

_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_OTHERS = bytes({*range(256)} - {*b"[{]}"})


def parse_json(text: bytes | str) -> Any:
    """Return the value of a JSON text.

    Raises
    ------
    ValueError
        The text is not JSON, or is nested deeper than `MAX_DEPTH`.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    # Two fast exits: most texts are shorter than the limit, or have few brackets.
    if len(text) > MAX_DEPTH and text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise ValueError(f"JSON is nested too deeply; the limit is {MAX_DEPTH} levels")
    return _value(text)


def _value(text: str) -> Any:
    # `json.loads` searches for white space around the value, which tokens do not have; that takes half as long again.
    try:
        value, end = _raw_decode(text)
    except ValueError:
        return json.loads(text)
    return value if end == len(text) else json.loads(text)


def _depth(text: str) -> int:
    # Without escaped characters, every second piece between quotes is outside a string.
    pieces = text.encode(errors="replace").replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2]
    steps = b"".join(pieces).translate(_STEPS, _OTHERS)
    return max(accumulate(memoryview(steps).cast("b")), default=0)
