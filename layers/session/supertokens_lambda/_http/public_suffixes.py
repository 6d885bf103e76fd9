"""Public suffixes, looked up in the text of the list that `tldextract` contains.

Loading `tldextract` and building its tries would take longer than everything else in a cold page.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract

# It ends in a letter, so it has no trailing dot and is not an IP address.
_PLAIN_HOST = r"[\w.-]*[^\W\d]"


@cache
def split_host(host: str) -> tuple[str, str]:
    """Return the label before the public suffix and the suffix, as `tldextract` does with private domains.

    Either is empty if there is none. `tldextract` itself splits unusual hosts, such as addresses, and every host if its
    list cannot be read.
    """
    rules = _read_rules() if re.fullmatch(_PLAIN_HOST, host) else None
    if rules is None:
        found = _tldextract()(host)
        return found.domain, found.suffix
    labels = host.split(".")
    start = _start_of_suffix([_decoded(label.lower()) for label in labels], rules)
    return labels[start - 1] if start else "", ".".join(labels[start:])


def _start_of_suffix(labels: list[str], rules: bytes) -> int:
    def has(text: str) -> bool:
        return text.encode() in rules

    start = len(labels)
    for index in reversed(range(len(labels))):
        name, parent = ".".join(labels[index:]), ".".join(labels[index + 1 :])
        if has(f"\n{name}\n"):
            start = index
        elif has(f".{name}\n"):
            # `tldextract` does not match the end of a longer rule with a wildcard, unlike the algorithm of the list.
            continue
        elif has(f"\n*.{parent}\n"):
            return index + 1 if has(f"\n!{name}\n") else index
        else:
            break
    return start


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    from idna import decode

    try:
        return decode(label)
    except (UnicodeError, IndexError):
        return label


@cache
def _read_rules() -> bytes | None:
    """Return the rules of the list, each in a line; None if the file is missing or has another format."""
    package = find_spec("tldextract")
    if package is None or not package.submodule_search_locations:
        return None
    file = f"{package.submodule_search_locations[0]}/.tld_set_snapshot"
    try:
        with open(file, "rb") as content:  # noqa: PTH123 - pathlib's import alone costs more than reading the file
            text = content.read()
    except OSError:
        return None
    rules = re.sub(rb"//.*", b"", text)
    is_as_expected = text.startswith(b"//") and b"\ncom\n" in rules and not any(blank in rules for blank in b" \t\r")
    return rules if is_as_expected else None


@cache
def _tldextract() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
