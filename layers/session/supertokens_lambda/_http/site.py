"""Same-site check for two origins, with the result of SuperTokens' SDK."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

_IP_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}"

LOCAL = "localhost"


@cache
def are_one_site(one: str, other: str) -> bool:
    """Check whether two origins have the same scheme and the same registrable domain (public suffix list)."""
    return one == other or (urlsplit(one).scheme == urlsplit(other).scheme and site_of(one) == site_of(other))


def site_of(origin: str) -> str:
    """Return the registrable domain of an origin; `LOCAL` for this machine and for IP addresses."""
    host = urlsplit(origin).hostname or ""
    if host.startswith("localhost") or re.fullmatch(_IP_ADDRESS, host):
        return LOCAL
    found = _suffixes()(host)
    return f"{found.domain}.{found.suffix}" if found.domain else host


@cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract

    # The list of the package, which the SDK reads too, without a download.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
