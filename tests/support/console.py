"""What an application shows on the console, which may come after its answers."""

import re
import time
from io import StringIO


def said(output: StringIO, pattern: str) -> re.Match[str]:
    """Wait until the console shows a pattern, and return where."""
    deadline = time.monotonic() + 60
    while not (found := re.search(pattern, output.getvalue())):
        assert time.monotonic() < deadline, output.getvalue()
        time.sleep(0.01)
    return found
