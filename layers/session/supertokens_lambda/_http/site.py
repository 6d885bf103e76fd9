"""Same-site check for two origins, with the result of SuperTokens' SDK."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

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
    # Imported late: most websites share the domain of their API, and need no list of public suffixes.
    from supertokens_lambda._http.public_suffixes import split_host

    domain, suffix = split_host(host)
    return f"{domain}.{suffix}" if domain else host
