"""JSON from outside, with a limit on its depth.

At Python's recursion limit, Python 3.11 may run the garbage collector inside the parser, and destructors then have no
stack left. The toolkit reads JSON the same way, and the core does without the toolkit.
"""

import json
from itertools import accumulate
from typing import Any

MAX_DEPTH = 400  # less than half of Python's recursion limit, which counts the callers too

_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_OTHERS = bytes({*range(256)} - {*b"[{]}"})


def parse_json(text: bytes | str) -> Any:
    """Return the value of a JSON text.

    Raises
    ------
    ValueError
        If the text is not JSON, or is nested deeper than `MAX_DEPTH`.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise ValueError(f"JSON is nested too deeply; the limit is {MAX_DEPTH} levels")
    return json.loads(text)


def _depth(text: str) -> int:
    # Without escaped characters, every second piece between quotes is outside a string.
    pieces = text.encode(errors="replace").replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2]
    steps = b"".join(pieces).translate(_STEPS, _OTHERS)
    return max(accumulate(memoryview(steps).cast("b")), default=0)
