"""What a refresh leaves behind, so that a loop is told by evidence and not by a count.

A short-lived cookie names, by hash, the access token that a refresh set and the one that it replaced, or the one that
it failed to replace. With it the guard knows that this very token did not come back, or came back and is refused. It
holds nothing worth stealing, and it is a cookie of this host alone and not ``Secure``, so that it comes back where a
wrong domain or scheme keeps the session's own cookies away. The browser ends its life; no clock of a server's has a
part in that, since a clock that is wrong is one of the faults that it is there to show. The first page that the new
token opens takes it back.

Where API and website are two hosts, or the event source carries one cookie, the refresh hands its evidence to the
website's refresh path in the query, and that leaves it as a cookie of the website's host. Anybody can make up such a
link. What it does: a visitor who has no session sees, for as long as the cookie lives, a page that says so with a
link to sign in, instead of the sign-in page; one who has one sees the page that the link leads to, signed out at
worst, if it does without a session and the token has just expired. What it cannot do: set any other cookie or header,
as the value has to match a grammar and is written anew, lead to another site, or end a session: the refresh never
sees this host's evidence, or is given no refresh token. What is logged of made-up evidence is a loop all the same, so
no alarm may ring for that alone.
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from supertokens_lambda._http.cookies import SameSite, clear_cookie, decoded, set_cookie
from supertokens_lambda._http.navigation import is_page
from supertokens_lambda._http.origin import is_plain_http
from supertokens_lambda._http.redirects import is_local, redirect_location
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, REFRESH_EVIDENCE, same_site

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._settings import Settings

LIFETIME = 10  # seconds: longer than any redirect takes, shorter than anyone's patience

Outcome = Literal["refreshed", "oversized", "failed"]

_TEXT = re.compile(r"(refreshed|oversized|failed)\.(\d{1,12})\.([0-9a-f]{32})(?:\.([0-9a-f]{32}))?", re.ASCII)


class Evidence(NamedTuple):
    """What the last refresh of this browser, seconds ago, did.

    Attributes
    ----------
    outcome : {"refreshed", "oversized", "failed"}
        Whether it set a token, one in a cookie that browsers drop for its size, or failed for good.
    at : int
        When, in seconds since 1970, by the clock of who refreshed.
    token_hash : str
        The hash of the token that it set, or of the one that it was to replace.
    replaced_hash : str or None
        The hash of the token that it replaced.
    """

    outcome: Outcome
    at: int
    token_hash: str
    replaced_hash: str | None = None

    @classmethod
    def of_success(cls, request: Request, token: str, *, is_too_large: bool = False) -> Evidence:
        """Make the evidence of an answer that gives a request a new token, perhaps in a cookie that is too large."""
        replaced = presented_tokens(request)[:1]
        outcome: Outcome = "oversized" if is_too_large else "refreshed"
        return cls(outcome, int(time.time()), _hash(token), *map(_hash, replaced))

    @classmethod
    def of_failure(cls, request: Request) -> Evidence:
        """Make the evidence of a session that is over: of the token that a request brings, or of there being none."""
        return cls("failed", int(time.time()), _hash(_presented(request)[0]))

    @classmethod
    def of(cls, request: Request) -> Evidence | None:
        """Read the evidence that a request carries; None where it has none, or none that makes sense."""
        found = request.cookies.get(REFRESH_EVIDENCE)
        return cls.parse(found) if found else None

    @classmethod
    def parse(cls, text: str) -> Evidence | None:
        """Read evidence as it is in a cookie or a query; None for anything else."""
        found = _TEXT.fullmatch(text)
        if found is None:
            return None
        return cls(cast("Outcome", found[1]), int(found[2]), found[3], found[4])

    @property
    def text(self) -> str:
        """The evidence as a cookie or a query has it."""
        return ".".join([self.outcome, str(self.at), self.token_hash, *filter(None, [self.replaced_hash])])

    def cookie(self, request: Request, settings: Settings) -> str:
        """Write the Set-Cookie that leaves it in the browser."""
        attribute = _same_site(request, settings)
        return set_cookie(
            REFRESH_EVIDENCE, self.text, max_age=LIFETIME, same_site=attribute, secure=attribute == "none"
        )

    def kept_at(self, request: Request) -> Evidence:
        """Give the evidence as the host of a request keeps it, which may be sent other tokens than the API's."""
        if self.outcome == "failed":
            return self.of_failure(request)
        others = [_hash(token) for token in presented_tokens(request) if not self.names(token)]
        return self._replace(replaced_hash=others[0] if others else None)

    def names(self, token: str) -> bool:
        """Tell whether this is evidence of a token."""
        return self.token_hash == _hash(token)

    def replaced(self, token: str) -> bool:
        """Tell whether a token is the one that the refresh replaced."""
        return self.replaced_hash == _hash(token)


def forget_evidence(request: Request, settings: Settings) -> str:
    """Write the Set-Cookie that withdraws the evidence."""
    attribute = _same_site(request, settings)
    return clear_cookie(REFRESH_EVIDENCE, same_site=attribute, secure=attribute == "none")


def hand_over(page: str, evidence: Evidence, request: Request, settings: Settings) -> str:
    """Give the Location of a page of the website that is to find the evidence: by way of the host that keeps it.

    Parameters
    ----------
    page : str
        Path and query.
    evidence : Evidence
        Of the refresh that leads there.
    request : Request
        The one that refreshes.
    settings : Settings
        Of the application.
    """
    if _keeps_its_own(request, settings):
        return settings.page_url(page)
    # One that holds a long target in its own query would not be taken back.
    page = page if is_local(page) else page.partition("?")[0]
    way = settings.page_url(settings.api_gateway_path + settings.refresh_path)
    return redirect_location(way, page, ((REFRESH_EVIDENCE, evidence.text),))


def evidence_handed_over(request: Request, settings: Settings) -> Evidence | None:
    """Read the evidence that a refresh hands over to a navigation."""
    if _keeps_its_own(request, settings) or not is_page(request):
        return None
    evidence = Evidence.parse(request.parameters.get(REFRESH_EVIDENCE, ""))
    return evidence and evidence.kept_at(request)


def is_signed_out(request: Request) -> bool:
    """Tell whether a session ended just now, and the cookies that were cleared are still sent."""
    evidence = Evidence.of(request)
    if evidence is None or evidence.outcome != "failed":
        return False
    return any(evidence.names(token) for token in _presented(request))


def presented_tokens(request: Request) -> tuple[str, ...]:
    """Give the access tokens that a request carries in cookies, decoded."""
    return tuple(decoded(value) for value in request.cookies.all(ACCESS_TOKEN) if value)


def _presented(request: Request) -> tuple[str, ...]:
    return presented_tokens(request) or ("",)


def _keeps_its_own(request: Request, settings: Settings) -> bool:
    """Tell whether the answer of a refresh leaves its evidence where pages find it."""
    return settings.has_one_host and not request.one_cookie


def _same_site(request: Request, settings: Settings) -> SameSite:
    """Give the session's own attribute, so that the evidence comes along where the session would.

    In a frame of another site only ``none`` is kept, whatever older cookies are sent there. Browsers take ``none`` with
    ``Secure`` alone, and that not over HTTP.
    """
    attribute = "none" if request.headers.get("sec-fetch-dest") == "iframe" else same_site(settings)
    return "lax" if attribute == "none" and is_plain_http(request) else attribute


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:32]
