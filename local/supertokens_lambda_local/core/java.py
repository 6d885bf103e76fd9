"""What Java does and Python does otherwise, where an answer of the core shows it."""

import base64
import binascii
from collections.abc import Iterable

from supertokens_lambda_local.core.errors import InputError

_SPACE = "".join(map(chr, range(0x21)))
_LOAD_FACTOR = 0.75


def trimmed(text: str) -> str:
    """Return a text without the characters up to U+0020 around it (``String.trim``)."""
    return text.strip(_SPACE)


def hash_ordered(texts: Iterable[str]) -> list[str]:
    """Return texts without duplicates, in the order of a ``HashSet`` of them."""
    distinct = list(dict.fromkeys(texts))
    buckets = 16
    while len(distinct) > buckets * _LOAD_FACTOR:
        buckets *= 2
    return sorted(distinct, key=lambda text: _spread(_hash_code(text)) % buckets)


def base64_octets(text: str, name: str, *, url_safe: bool = False) -> bytes:
    """Return what a text encodes in base64, its padding being optional (``Base64.Decoder``).

    Raises
    ------
    InputError
        It is not base64.
    """
    padding = "=" * (-len(text) % 4)
    try:
        return base64.b64decode(text + padding, altchars=b"-_" if url_safe else None, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"Input encoding error in {name}") from None


def _hash_code(text: str) -> int:
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & 0xFFFFFFFF
    return code


def _spread(code: int) -> int:
    return code ^ (code >> 16)
