"""base64url (RFC 4648 section 5), as JSON Web Signatures use it (RFC 7515 section 2)."""

# Not the module `base64`: each cold start would import it for this alone.
from __future__ import annotations

from binascii import a2b_base64

# The last characters without surplus bits, by the number of bytes that they encode beyond groups of three.
_LAST = ("", "AQgw", "AEIMQUYcgkosw048")


def decode(segment: str) -> bytes:
    """Return decoded bytes, ignoring surplus padding and characters outside the alphabet, like Python's `base64`.

    Raises
    ------
    ValueError
        Characters are missing at the end.
    """
    return a2b_base64(segment.encode().replace(b"-", b"+").replace(b"_", b"/") + b"==")


def is_canonical(segment: str, decoded: bytes) -> bool:
    """Check whether a segment is the canonical encoding of its bytes, without padding (RFC 7515 section 2)."""
    rest = len(decoded) % 3
    return (
        # A shorter result means that a character was ignored, or padding.
        len(segment) == (4 * len(decoded) + 2) // 3
        and "+" not in segment
        and "/" not in segment
        and (not rest or segment[-1] in _LAST[rest])
    )
