"""Cookies both ways: the Cookie header read, the Set-Cookie header written (RFC 6265)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

SameSite = Literal["lax", "strict", "none"]

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_COOKIE_OCTETS = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
_ATTRIBUTE = re.compile(r"[\x20-\x3a\x3c-\x7e]*")

_FIRST_MOMENT = datetime.fromtimestamp(0, UTC)


class Cookies:
    """The cookies that a user agent sent, in its order, none merged.

    Parameters
    ----------
    header : str
        The value of the Cookie header, RFC 6265 section 4.2.1. A pair with no name, no ``=`` or a control character is
        passed over, and a value in double quotes loses them.
    """

    def __init__(self, header: str = "") -> None:
        self.header = header
        self._pairs = tuple(_pairs(header))

    def get(self, name: str) -> str | None:
        """Give the first value of a cookie.

        The first is the one with the longest path (RFC 6265 section 5.4), so the one that was meant for this page.

        Returns
        -------
        str or None
            As it was sent, percent-encoding kept; None where the cookie is missing.
        """
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Give every value of a cookie: two values mean that two domains or paths set one."""
        return tuple(value for found, value in self._pairs if found == name)

    def __repr__(self) -> str:
        return f"Cookies({', '.join(name for name, _ in self._pairs)})"


def _pairs(header: str) -> Iterable[tuple[str, str]]:
    for pair in header.split(";"):
        name, equals, value = (part.strip(" \t") for part in pair.partition("="))
        if not (name and equals) or _CONTROL.search(pair):
            continue
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        yield name, value


def set_cookie(
    name: str,
    value: str,
    *,
    path: str = "/",
    domain: str | None = None,
    expires: datetime | None = None,
    max_age: int | None = None,
    secure: bool = False,
    http_only: bool = True,
    same_site: SameSite = "lax",
) -> str:
    """Write the value of one Set-Cookie header (RFC 6265 section 4.1).

    Parameters
    ----------
    name, value : str
        A token and cookie-octets; encode what may hold more before.
    path, domain : str
        The cookie's scope; without a domain the cookie is this host's alone.
    expires : datetime, optional
        An aware moment; without it and without `max_age` the cookie lasts as long as the browser.
    max_age : int, optional
        Seconds.
    secure, http_only : bool
        The attributes of these names.
    same_site : {"lax", "strict", "none"}
        The SameSite attribute (RFC 6265bis).

    Raises
    ------
    ValueError
        For a character that would end the cookie or the header; the message names the cookie, never the value.
    """
    if not _TOKEN.fullmatch(name):
        raise ValueError("a cookie's name is a token of RFC 2616")
    if not _COOKIE_OCTETS.fullmatch(value):
        raise ValueError(f"the value of cookie {name} holds a character that no cookie may hold")
    if not all(_ATTRIBUTE.fullmatch(attribute) for attribute in (path, domain or "")):
        raise ValueError(f"path or domain of cookie {name} holds a character that no attribute may hold")
    return "; ".join(
        part
        for part in (
            f"{name}={value}",
            domain and f"Domain={domain}",
            f"Path={path}",
            expires and f"Expires={format_datetime(expires.astimezone(UTC), usegmt=True)}",
            f"Max-Age={max_age}" if max_age is not None else None,
            secure and "Secure",
            http_only and "HttpOnly",
            f"SameSite={same_site.capitalize()}",
        )
        if part
    )


def clear_cookie(
    name: str,
    *,
    path: str = "/",
    domain: str | None = None,
    secure: bool = False,
    http_only: bool = True,
    same_site: SameSite = "lax",
) -> str:
    """Write a Set-Cookie header that removes a cookie; parameters as of `set_cookie`."""
    return set_cookie(
        name,
        "",
        path=path,
        domain=domain,
        expires=_FIRST_MOMENT,
        secure=secure,
        http_only=http_only,
        same_site=same_site,
    )
