"""The evidence of a refresh: a cookie by which the guard recognises a loop, without counting requests.

The cookie holds the hashes of the access token that a refresh set and of the token that it replaced, or could not
replace. With it the guard knows that this token did not come back, or came back and is refused.

- It holds no secret. It is a host-only cookie without ``Secure``, so that the browser sends it where a wrong domain or
  scheme keeps the session's cookies away.
- Only the browser decides when it expires. No server clock does, because a wrong clock is one of the causes of loops.
- The first page that accepts the new token clears it.

Where API and website are two hosts, or the event source carries one cookie, the refresh puts its evidence into the
query of the website's refresh path, which sets it as a cookie of the website's host. Anybody can forge such a link:

- A visitor without a session then sees a page that says so, with a link to sign in, instead of the sign-in page, until
  the cookie expires. A visitor with a session sees the page that the link leads to. At worst that page is shown as
  signed out, if it needs no session and the access token has just expired.
- The link cannot set any other cookie or header, since the value must match a grammar and is written anew. It cannot
  lead to another site. It cannot end a session: the refresh does not read the evidence of this host, or gets no
  refresh token.
- A forged link is logged as a loop, so no alarm may be raised by that line alone.
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from supertokens_lambda._http.cookies import clear_cookie, decoded, set_cookie
from supertokens_lambda._http.navigation import is_page
from supertokens_lambda._http.origin import is_plain_http
from supertokens_lambda._http.redirects import is_local, redirect_location
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, REFRESH_EVIDENCE, same_site

if TYPE_CHECKING:
    from supertokens_lambda._http.cookies import SameSite
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._settings import Settings

LIFETIME = 10  # seconds: longer than any redirect takes, shorter than a visitor waits before trying again

Outcome = Literal["refreshed", "oversized", "failed"]

_TEXT = re.compile(r"(refreshed|oversized|failed)\.(\d{1,12})\.([0-9a-f]{32})(?:\.([0-9a-f]{32}))?", re.ASCII)


class Evidence(NamedTuple):
    """What the last refresh of this browser, seconds ago, did.

    Attributes
    ----------
    outcome : {"refreshed", "oversized", "failed"}
        The refresh set a token, or set one in a cookie that is too large for browsers, or ended the session.
    at : int
        The time of the refresh, in seconds since 1970, by the clock of the function that refreshed.
    token_hash : str
        The hash of the new token; after a failure, of the token that was not replaced.
    replaced_hash : str or None
        The hash of the replaced token.
    """

    outcome: Outcome
    at: int
    token_hash: str
    replaced_hash: str | None = None

    @classmethod
    def of_success(cls, request: Request, token: str, *, is_too_large: bool = False) -> Evidence:
        """Return the evidence of an answer that sets a new token, perhaps in a cookie that is too large."""
        replaced = presented_tokens(request)[:1]
        outcome: Outcome = "oversized" if is_too_large else "refreshed"
        return cls(outcome, int(time.time()), _hash(token), *map(_hash, replaced))

    @classmethod
    def of_failure(cls, request: Request) -> Evidence:
        """Return the evidence of a session that ended, with the token that a request carries, if any."""
        return cls("failed", int(time.time()), _hash(_presented(request)[0]))

    @classmethod
    def of(cls, request: Request) -> Evidence | None:
        """Read the evidence that a request carries; return None if it is missing or malformed."""
        found = request.cookies.get(REFRESH_EVIDENCE)
        return cls.parse(found) if found else None

    @classmethod
    def parse(cls, text: str) -> Evidence | None:
        """Parse evidence as it stands in a cookie or a query; return None for any other text."""
        found = _TEXT.fullmatch(text)
        if found is None:
            return None
        return cls(cast("Outcome", found[1]), int(found[2]), found[3], found[4])

    @property
    def text(self) -> str:
        """The evidence as it stands in a cookie or a query."""
        return ".".join([self.outcome, str(self.at), self.token_hash, *filter(None, [self.replaced_hash])])

    def cookie(self, request: Request, settings: Settings) -> str:
        """Return the Set-Cookie that stores the evidence in the browser."""
        attribute = _same_site(request, settings)
        return set_cookie(
            REFRESH_EVIDENCE, self.text, max_age=LIFETIME, same_site=attribute, secure=attribute == "none"
        )

    def kept_at(self, request: Request) -> Evidence:
        """Return the evidence for the host of a request, which may receive other tokens than the API host."""
        if self.outcome == "failed":
            return self.of_failure(request)
        others = [_hash(token) for token in presented_tokens(request) if not self.names(token)]
        return self._replace(replaced_hash=others[0] if others else None)

    def names(self, token: str) -> bool:
        """Check whether this is the evidence of a token."""
        return self.token_hash == _hash(token)

    def replaced(self, token: str) -> bool:
        """Check whether the refresh replaced a token."""
        return self.replaced_hash == _hash(token)


def forget_evidence(request: Request, settings: Settings) -> str:
    """Return the Set-Cookie that clears the evidence."""
    attribute = _same_site(request, settings)
    return clear_cookie(REFRESH_EVIDENCE, same_site=attribute, secure=attribute == "none")


def hand_over(page: str, evidence: Evidence, request: Request, settings: Settings) -> str:
    """Return the Location that leads to a page of the website, by way of the host that stores the evidence.

    Parameters
    ----------
    page : str
        Path and query.
    evidence : Evidence
        The evidence of the refresh.
    request : Request
        The request that refreshes.
    settings : Settings
        Application settings.
    """
    if _keeps_its_own(request, settings):
        return settings.page_url(page)
    # Within another query a long target would be refused as not local.
    page = page if is_local(page) else page.partition("?")[0]
    way = settings.page_url(settings.api_gateway_path + settings.refresh_path)
    return redirect_location(way, page, ((REFRESH_EVIDENCE, evidence.text),))


def evidence_handed_over(request: Request, settings: Settings) -> Evidence | None:
    """Read the evidence that a refresh put into the query of a navigation."""
    if _keeps_its_own(request, settings) or not is_page(request):
        return None
    evidence = Evidence.parse(request.parameters.get(REFRESH_EVIDENCE, ""))
    return evidence and evidence.kept_at(request)


def is_signed_out(request: Request) -> bool:
    """Check whether the session ended seconds ago, and the browser still sends its cleared cookies."""
    evidence = Evidence.of(request)
    if evidence is None or evidence.outcome != "failed":
        return False
    return any(evidence.names(token) for token in _presented(request))


def presented_tokens(request: Request) -> tuple[str, ...]:
    """Return the access tokens that a request carries in cookies, decoded."""
    return tuple(decoded(value) for value in request.cookies.all(ACCESS_TOKEN) if value)


def _presented(request: Request) -> tuple[str, ...]:
    return presented_tokens(request) or ("",)


def _keeps_its_own(request: Request, settings: Settings) -> bool:
    """Check whether pages receive the evidence as the answer of a refresh sets it."""
    return settings.has_one_host and not request.one_cookie


def _same_site(request: Request, settings: Settings) -> SameSite:
    """Return the SameSite attribute of the session's cookies, so that browsers send the evidence with the session.

    In a frame of another site browsers keep only ``none``, even if they send older cookies there. They accept ``none``
    only together with ``Secure``, and ``Secure`` only over HTTPS.
    """
    attribute = "none" if request.headers.get("sec-fetch-dest") == "iframe" else same_site(settings)
    return "lax" if attribute == "none" and is_plain_http(request) else attribute


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:32]
