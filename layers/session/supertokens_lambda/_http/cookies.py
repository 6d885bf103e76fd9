"""Cookies: reading the Cookie header and writing the Set-Cookie header (RFC 6265)."""

from __future__ import annotations

from time import gmtime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    SameSite = Literal["lax", "strict", "none"]

# Sets, since compiling three patterns takes longer than writing the cookies of a refresh.
_PRINTABLE = frozenset(map(chr, range(0x20, 0x7F)))
_TOKEN = _PRINTABLE - frozenset(' "(),/:;<=>?@[\\]{}')
_COOKIE_OCTETS = _PRINTABLE - frozenset(' ",;\\')
_ATTRIBUTE = _PRINTABLE - frozenset(";")

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Cookies:
    """The cookies that a browser sent, in their order, duplicates kept.

    Parameters
    ----------
    header : str
        The value of the Cookie header (RFC 6265 section 4.2.1). Pairs without a name or a ``=`` are ignored, and
        double quotes around a value are removed.

    Attributes
    ----------
    header : str
        The value of the Cookie header.
    """

    __slots__ = ("header",)

    def __init__(self, header: str = "") -> None:
        self.header: str = header

    @property
    def pairs(self) -> list[str]:
        """The pairs of the header, not split into name and value."""
        return self.header.split(";")

    def pairs_with(self, part: str) -> list[str]:
        """Return the pairs in which a text occurs.

        Splitting all pairs would be slower: most requests have many cookies, and only two are read.
        """
        header = self.header
        found: list[str] = []
        at = header.find(part)
        while at >= 0:
            begin, end = header.rfind(";", 0, at) + 1, header.find(";", at)
            if end < 0:
                found.append(header[begin:])
                break
            found.append(header[begin:end])
            at = header.find(part, end)
        return found

    def get(self, name: str) -> str | None:
        """Return the first value of a cookie.

        The first cookie has the longest path (RFC 6265 section 5.4), so it is the most specific one for the page.

        Returns
        -------
        str or None
            The value, percent-encoding kept; None if the cookie is missing.
        """
        # A fast exit: each request is searched for cookies that few requests have.
        if name not in self.header:
            return None
        for pair in self.pairs_with(name):
            own_name, value = _name_and_value(pair)
            if own_name == name:
                return value
        return None

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a cookie; there are two if two domains or paths have set it."""
        return tuple(value for _, value in self.named(name))

    def named(self, name: str) -> list[tuple[str, str]]:
        """Return all cookies of a name, percent-encoded names included: the SDK decodes names when it counts cookies.

        Returns
        -------
        list of (str, str)
            The name before decoding, and the value.
        """
        cookies = map(_name_and_value, self.pairs if self._has_encoded_name() else self.pairs_with(name))
        return [(own.strip(), value) for own, value in cookies if decoded(own.strip()) == name]

    def first(self, name: str) -> tuple[str | None, bool]:
        """Return the first value as `get` does, and whether there are others, percent-encoded names included."""
        pairs = self.pairs_with(name)
        for pair in pairs:
            own_name, value = _name_and_value(pair)
            if own_name == name:
                # A fast exit: a name that occurs once, where no name is encoded, is that of one cookie.
                is_alone = len(pairs) == 1 and not self._has_encoded_name()
                return value, not is_alone and len(self.named(name)) > 1
        return None, False

    def _has_encoded_name(self) -> bool:
        header = self.header
        at = header.find("%")
        while at >= 0:
            if header.find("=", header.rfind(";", 0, at) + 1, at) < 0:
                return True
            # Encoded values are common: go on behind this one.
            end = header.find(";", at)
            at = header.find("%", end) if end >= 0 else -1
        return False

    def __repr__(self) -> str:
        return f"Cookies({', '.join(name for name, _ in map(_name_and_value, self.pairs) if name)})"


def _name_and_value(pair: str) -> tuple[str, str]:
    """Return the name and the value of a cookie; both empty if the pair is not a cookie."""
    name, equals, value = pair.partition("=")
    value = value.strip(" \t")
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return (name.strip(" \t"), value) if equals else ("", "")


def decoded(value: str) -> str:
    """Return a cookie's value without the percent-encoding that SuperTokens adds."""
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
        A token and cookie-octets; encode other characters first.
    path, domain : str
        The cookie's scope; without a domain, only this host gets the cookie.
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
        A part has a character that would end the cookie or the header; the message never shows the value.
    """
    if not name or not _TOKEN.issuperset(name):
        raise ValueError("invalid cookie name; use letters, digits and !#$%&'*+-.^_`|~")
    if not _COOKIE_OCTETS.issuperset(value):
        raise ValueError(f"the value of cookie {name} has an invalid character; percent-encode the value")
    if not _ATTRIBUTE.issuperset(path + (domain or "")):
        raise ValueError(f"path or domain of cookie {name} has an invalid character; use printable ASCII without ;")
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
    """Write the value of a Set-Cookie header that removes a cookie; parameters as in `set_cookie`."""
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
    """Return a date in the format of RFC 9110 section 5.6.7, in English in any locale."""
    at = gmtime(moment)
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year:04} "
        f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT"
    )
