"""Clearing stale session cookies: those of an earlier cookie domain, and those of SuperTokens' legacy sessions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supertokens_lambda._http.cookies import Cookies, clear_cookie, decoded
from supertokens_lambda._http.message import Additions, Request
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, LEGACY_TOKEN, REFRESH_TOKEN, same_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda._settings import Settings

_MOST_SPELLINGS = 4  # of one name that one answer clears

# API Gateway carries 10,240 bytes of headers; the rest is for the session's cookies.
MAX_BYTES = 4096  # of all Set-Cookie headers that clear stale cookies

_MAX_HOST = 253  # RFC 1035 section 2.3.4, as text
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]*[a-z-][a-z0-9-]*")  # an IP address has no parent domains


def clear_stale_cookies(request: Request, settings: Settings) -> Additions:
    """Clear cookies that a new session does not replace, and that would break it.

    Two session cookies of one name mean that the cookie domain was changed. The Cookie header does not say which cookie
    has which domain, so the name is cleared for every domain but that of the settings. (RFC 6265 section 5.3: a cookie
    is replaced only by one with the same name, domain and path.) The cookie of a legacy session causes a refresh for as
    long as the browser sends it.

    The domains are taken from the Host header, which anybody can make long; what is cleared has at most `MAX_BYTES`.
    """
    cookies: list[str] = []
    left = MAX_BYTES
    for name, path, domain in _stale_cookies(request, settings):
        cookie = clear_cookie(name, path=path, domain=domain, secure=settings.secure, same_site=same_site(settings))
        left -= len("set-cookie: ") + len(cookie)
        if left < 0:
            break
        cookies.append(cookie)
    return Additions(tuple(cookies))


def _stale_cookies(request: Request, settings: Settings) -> Iterator[tuple[str, str, str | None]]:
    """Yield name, path and domain of the cookies to clear, the likeliest first."""
    if request.cookies.get(LEGACY_TOKEN) is not None:
        yield LEGACY_TOKEN, "/", settings.cookie_domain
    paths = {ACCESS_TOKEN: "/", REFRESH_TOKEN: settings.refresh_token_path}
    twice = {name: sent for name in paths if len(sent := request.cookies.named(name)) > 1}
    if not twice:
        return
    others = [*_other_domains(request, settings)]
    for domain in others:
        for name in twice:
            yield name, paths[name], domain
    for name, sent in twice.items():
        # To a browser each spelling of a name is a separate cookie, which the new session does not replace.
        for spelling in sorted({spelling for spelling, _ in sent} - {name})[:_MOST_SPELLINGS]:
            for domain in (settings.cookie_domain, *others):
                yield spelling, paths[name], domain


def without_duplicates(request: Request) -> Request:
    """Return the request without duplicate session cookies: keep one of two equal ones, drop two that differ.

    Of two different tokens either may be stale, and presenting a stale refresh token would count as token theft.
    """
    pairs = request.cookies.pairs
    for name in (ACCESS_TOKEN, REFRESH_TOKEN):
        values = request.cookies.all(name)
        if len(values) > 1:
            pairs = [pair for pair in pairs if decoded(pair.partition("=")[0].strip()) != name]
            pairs += [f" {name}={values[0]}"] if len({*map(decoded, values)}) == 1 else []
    return request.with_cookies(Cookies(";".join(pairs)))


def _other_domains(request: Request, settings: Settings) -> Iterator[str | None]:
    own = (settings.cookie_domain or "").lstrip(".")
    if own:
        yield None
    host = (request.headers.get("host") or "").partition(":")[0].lower()
    if len(host) > _MAX_HOST or not _HOST.fullmatch(host):
        return
    while "." in host:
        if host != own:
            yield host
        host = host.partition(".")[2]
