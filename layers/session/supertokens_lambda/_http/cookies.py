"""Cookies both ways: the Cookie header read, the Set-Cookie header written (RFC 6265)."""

from __future__ import annotations

import re
from time import gmtime
from typing import Literal

SameSite = Literal["lax", "strict", "none"]

# Compiled when the first cookie is set: most pages set none.
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_COOKIE_OCTETS = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"
_ATTRIBUTE = r"[\x20-\x3a\x3c-\x7e]*"

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Cookies:
    """The cookies that a user agent sent, in its order, none merged.

    Parameters
    ----------
    header : str
        The value of the Cookie header, RFC 6265 section 4.2.1. A pair with no name or no ``=`` is passed over, and a
        value in double quotes loses them.

    Attributes
    ----------
    header : str
        As it was sent.
    """

    __slots__ = ("header",)

    def __init__(self, header: str = "") -> None:
        self.header: str = header

    @property
    def pairs(self) -> list[str]:
        """The header's parts, not taken apart any further."""
        return self.header.split(";")

    def holding(self, part: str) -> list[str]:
        """Give those of the pairs in which a text occurs, and look at no other.

        Most requests bring many cookies, of which two are asked for.
        """
        ended = f"{self.header};"
        found: list[str] = []
        at = ended.find(part)
        while at >= 0:
            end = ended.find(";", at)
            found.append(ended[ended.rfind(";", 0, at) + 1 : end])
            at = ended.find(part, end)
        return found

    def get(self, name: str) -> str | None:
        """Give the first value of a cookie.

        The first is the one with the longest path (RFC 6265 section 5.4), so the one that was meant for this page.

        Returns
        -------
        str or None
            As it was sent, percent-encoding kept; None where the cookie is missing.
        """
        # Every request is asked for cookies that hardly any has.
        if name not in self.header:
            return None
        for pair in self.holding(name):
            own_name, value = _taken_apart(pair)
            if own_name == name:
                return value
        return None

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a cookie: two values mean that two domains or paths set one."""
        return tuple(value for _, value in self.named(name))

    def named(self, name: str) -> list[tuple[str, str]]:
        """Return every cookie of a name, however the name is spelled: the SDK decodes names where it counts cookies.

        Returns
        -------
        list of (str, str)
            The name as it was sent, and the value.
        """
        has_encoded_name = any("%" in pair.partition("=")[0] for pair in self.holding("%"))
        cookies = map(_taken_apart, self.pairs if has_encoded_name else self.holding(name))
        return [(own.strip(), value) for own, value in cookies if decoded(own.strip()) == name]

    def __repr__(self) -> str:
        return f"Cookies({', '.join(name for name, _ in map(_taken_apart, self.pairs) if name)})"


def _taken_apart(pair: str) -> tuple[str, str]:
    """Give a cookie's name and value; no name for what is no cookie."""
    name, equals, value = pair.partition("=")
    value = value.strip(" \t")
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return (name.strip(" \t"), value) if equals else ("", "")


def decoded(value: str) -> str:
    """Undo the percent-encoding that SuperTokens gives a cookie's value."""
    if "%" not in value:
        return value
    from urllib.parse import unquote

    return unquote(value)


def set_cookie(
    name: str,
    value: str,
    *,
    path: str = "/",
    domain: str | None = None,
    expires: float | None = None,
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
    expires : float, optional
        Seconds since 1970; without it and without `max_age` the cookie lasts as long as the browser.
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
    if not re.fullmatch(_TOKEN, name):
        raise ValueError("a cookie's name is a token of RFC 2616")
    if not re.fullmatch(_COOKIE_OCTETS, value):
        raise ValueError(f"the value of cookie {name} holds a character that no cookie may hold")
    if not all(re.fullmatch(_ATTRIBUTE, attribute) for attribute in (path, domain or "")):
        raise ValueError(f"path or domain of cookie {name} holds a character that no attribute may hold")
    return "; ".join(
        part
        for part in (
            f"{name}={value}",
            domain and f"Domain={domain}",
            f"Path={path}",
            None if expires is None else f"Expires={_date(expires)}",
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
        expires=0,
        secure=secure,
        http_only=http_only,
        same_site=same_site,
    )


def _date(moment: float) -> str:
    """Write a date as RFC 9110 section 5.6.7 wants it, in English whatever the locale says."""
    at = gmtime(moment)
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year:04} "
        f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT"
    )
