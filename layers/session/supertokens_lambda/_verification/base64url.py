"""base64url (RFC 4648 section 5), as JSON Web Signatures use it (RFC 7515 section 2)."""

# Not the module `base64`: each cold start would import it for this alone.
from __future__ import annotations

from binascii import a2b_base64, b2a_base64

_TO_BASE64 = bytes.maketrans(b"-_", b"+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")


def decode(segment: str) -> bytes:
    """Return decoded bytes, ignoring surplus padding and characters outside the alphabet, like Python's `base64`.

    Raises
    ------
    ValueError
        Characters are missing at the end.
    """
    return a2b_base64(segment.encode().translate(_TO_BASE64) + b"==")


def is_canonical(segment: str, decoded: bytes) -> bool:
    """Check whether a segment is the canonical encoding of its bytes, without padding (RFC 7515 section 2)."""
    return segment == b2a_base64(decoded, newline=False).translate(_TO_URL).decode().rstrip("=")
