"""A browser's cookies by the rules of RFC 6265bis: domain, path, ``Secure``, ``SameSite``, ``Max-Age``."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from .answer import SetCookie


@dataclass
class Kept:
    """A cookie in a jar."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    same_site: str
    until: float


@dataclass
class Jar:
    """A browser's cookies.

    Attributes
    ----------
    blocks
        Tells which cookies the browser neither takes nor sends.
    keeps
        Tells which cookies stay when they are cleared.
    embedded
        Whether the pages are in a frame of another site.
    """

    cookies: list[Kept] = field(default_factory=list)
    blocks: Callable[[str], bool] = lambda _name: False
    keeps: Callable[[str], bool] = lambda _name: False
    embedded: bool = False
    passed: float = 0.0

    def now(self) -> float:
        return time.monotonic() + self.passed

    def take(self, header: str, url: str) -> None:
        found, host, scheme = SetCookie.of(header), urlsplit(url).hostname or "", urlsplit(url).scheme
        attributes = found.attributes
        domain = attributes.get("domain", "").lstrip(".").lower()
        same_site, secure = attributes.get("samesite", "Lax").lower(), "secure" in attributes
        refused = (
            self.blocks(found.name)
            or (domain and not _covers(domain, host))
            or (secure and scheme != "https")
            or (same_site == "none" and not secure)
            or (self.embedded and same_site != "none")
            or len(header) > 4096  # RFC 6265 section 6.1
        )
        if refused or (found.is_gone and self.keeps(found.name)):
            return
        cookie = Kept(
            found.name,
            found.value,
            domain or host,
            not domain,
            attributes.get("path", "/"),
            secure,
            same_site,
            self._until(attributes),
        )
        self.put(cookie)

    def put(self, cookie: Kept) -> None:
        same = (cookie.name, cookie.domain, cookie.host_only, cookie.path)
        self.cookies = [kept for kept in self.cookies if (kept.name, kept.domain, kept.host_only, kept.path) != same]
        if cookie.until > self.now():
            self.cookies.append(cookie)

    def sent(self, url: str) -> list[str]:
        target = urlsplit(url)
        self.cookies = [kept for kept in self.cookies if kept.until > self.now()]
        matching = [
            kept
            for kept in self.cookies
            if (kept.domain == target.hostname if kept.host_only else _covers(kept.domain, target.hostname or ""))
            and (target.path == kept.path or target.path.startswith(kept.path.rstrip("/") + "/"))
            and not (kept.secure and target.scheme != "https")
            and not (self.embedded and kept.same_site != "none")
            and not self.blocks(kept.name)
        ]
        return [f"{kept.name}={kept.value}" for kept in sorted(matching, key=lambda kept: -len(kept.path))]

    def value(self, name: str) -> str | None:
        return next((kept.value for kept in self.cookies if kept.name == name), None)

    def _until(self, attributes: Mapping[str, str]) -> float:
        if "max-age" in attributes:
            return self.now() + int(attributes["max-age"])
        if "expires" in attributes:
            return self.now() + parsedate_to_datetime(attributes["expires"]).timestamp() - time.time()
        return float("inf")


def _covers(domain: str, host: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
