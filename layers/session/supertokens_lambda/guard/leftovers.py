"""Session cookies of another time, cleared: of an earlier cookie domain, and of SuperTokens' old sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda.http.cookies import Cookies, clear_cookie, decoded
from supertokens_lambda.http.message import Additions, Request
from supertokens_lambda.verification.session_tokens import ACCESS_TOKEN, LEGACY_TOKEN, REFRESH_TOKEN, same_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda.settings import Settings

_MOST_SPELLINGS = 4  # that one answer clears


def clear_leftovers(request: Request, settings: Settings) -> Additions:
    """Clear what keeps a session from holding, and what setting it anew does not replace.

    Two session cookies of a name mean that the cookie domain was changed. A Cookie header does not tell which is which,
    so the one of any domain but the settings' has to go (RFC 6265 section 5.3: a cookie is replaced only by one of the
    same name, domain and path). A cookie of SuperTokens' old sessions asks for a refresh for as long as it is there.
    """
    leftovers: list[tuple[str, str, str | None]] = []
    for name, path in {ACCESS_TOKEN: "/", REFRESH_TOKEN: settings.refresh_token_path}.items():
        cookies = request.cookies.named(name)
        if len(cookies) > 1:
            others = [*_other_domains(request, settings)]
            leftovers += [(name, path, domain) for domain in others]
            # To a browser each spelling is a cookie of its own, which nothing replaces.
            spellings = sorted({spelling for spelling, _ in cookies} - {name})[:_MOST_SPELLINGS]
            domains = (settings.cookie_domain, *others)
            leftovers += [(spelling, path, domain) for spelling in spellings for domain in domains]
    if request.cookies.get(LEGACY_TOKEN) is not None:
        leftovers.append((LEGACY_TOKEN, "/", settings.cookie_domain))
    return Additions(
        tuple(
            clear_cookie(name, path=path, domain=domain, secure=settings.secure, same_site=same_site(settings))
            for name, path, domain in leftovers
        )
    )


def without_duplicates(request: Request) -> Request:
    """Give a request with no session cookie twice: one of two that are the same, and none of two that are not.

    Of two tokens nobody can tell which is the session's, and to present the wrong one would be token theft.
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
    labels = (request.headers.get("host") or "").partition(":")[0].split(".")
    for start in range(len(labels) - 1):
        domain = ".".join(labels[start:])
        if domain != own and all(label.replace("-", "").isalnum() for label in labels):
            yield domain
