"""The page that ends a loop: the most likely cause, for the visitor and for the owner of the site."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from supertokens_lambda._guard.answers import SIGN_IN_AGAIN
from supertokens_lambda._guard.loop import LoopReason
from supertokens_lambda._html import page
from supertokens_lambda._http.redirects import redirect_location
from supertokens_lambda._verification.verdict import Reason

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response
    from supertokens_lambda._settings import Settings


class Cause(NamedTuple):
    """The cause of a loop, in one sentence for each reader.

    Attributes
    ----------
    for_visitor, for_owner : str
        The sentences.
    title : str
        The title and heading of the page.
    can_sign_in : bool
        Whether signing in again may help.
    status : int
        The status code of the page.
    """

    for_visitor: str
    for_owner: str
    title: str = "Your session does not hold"
    can_sign_in: bool = True
    status: int = 401


# Only for visitors whose session was set or renewed seconds ago.
_SITE = "Your session was renewed a moment ago, but a fault of this site keeps this page from accepting it."

CAUSES: dict[LoopReason | Reason, Cause] = {
    LoopReason.TOKEN_NOT_SENT_BACK: Cause(
        "Your browser did not send back the session cookie it was given a moment ago: allow cookies for this site, "
        "then sign in again.",
        "Where cookies are allowed, a SameSite attribute may keep them away from a page that another site embeds or "
        "leads to, or a proxy in front of the functions may take Cookie or Set-Cookie headers away.",
    ),
    LoopReason.COOKIE_NEEDS_HTTPS: Cause(
        "This page was opened over http, and the session is for https alone: open it with an address that begins with "
        "https.",
        "SUPERTOKENS_API_DOMAIN is https, so the session's cookies are Secure and no browser sends them over http: "
        "redirect http to https.",
    ),
    LoopReason.COOKIE_DOMAIN_MISSING: Cause(
        "Your browser keeps the session for another host than this one: that is a fault of this site.",
        "API and website are two hosts and SUPERTOKENS_COOKIE_DOMAIN is not set: set it to the domain they share.",
    ),
    LoopReason.COOKIE_DOMAIN_MISMATCH: Cause(
        "The session is for another address than the one you opened, if it is not a fault of this site.",
        "SUPERTOKENS_COOKIE_DOMAIN does not cover this page's host, the website's or the API's; or a proxy hides the "
        "host that the browser asked for.",
    ),
    LoopReason.COOKIE_TOO_LARGE: Cause(
        _SITE,
        "The access token's cookie has more than 4,096 bytes, and browsers drop it: keep less in the payload of access "
        "tokens.",
    ),
    LoopReason.KEY_SET_MISMATCH: Cause(
        _SITE,
        "The token that a refresh has just set is signed with a key that this function does not know: its "
        "SUPERTOKENS_CONNECTION_URI names another core than that of the refresh, or SUPERTOKENS_JWKS_FILE has the keys "
        "of another core.",
    ),
    Reason.KEY_KIND_MISMATCH: Cause(
        _SITE,
        "SUPERTOKENS_USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY is not the same for this function and for the refresh.",
    ),
    LoopReason.CLOCK_SKEW: Cause(
        _SITE,
        "The token that a refresh has just set has expired or is not valid yet: the clocks of this function and of the "
        "core disagree.",
    ),
    LoopReason.WRONG_CORE: Cause(
        _SITE,
        "The core asks for a refresh of a token that a refresh has just set: this function asks another core, another "
        "app of it, or one whose clock is wrong.",
    ),
    Reason.DUPLICATE_COOKIES: Cause(
        "Your browser sends two session cookies: delete the cookies of this site, then sign in again.",
        "The session's cookies are set for two domains, and the refresh could not clear the older ones: does something "
        "else set them?",
    ),
    Reason.LEGACY_SESSION: Cause(
        "Your browser sends a session cookie of an older kind: delete the cookies of this site, then sign in again.",
        "The cookie sIdRefreshToken comes again after it was cleared: does something else set it?",
    ),
    Reason.ANTI_CSRF_FAILED: Cause(
        _SITE,
        "This page requires an anti-CSRF header, which no navigation has: use anti_csrf_check=False for pages.",
    ),
    LoopReason.FRESH_TOKEN_REFUSED: Cause(
        _SITE,
        "The token that a refresh has just set is refused here: do this function and the refresh have the same "
        "settings, and the same version of the layer?",
    ),
    LoopReason.REFRESH_PAGE_GUARDED: Cause(
        "This page needs a session, and the page that renews sessions is closed by mistake: that is a fault of this "
        "site.",
        "The page that refreshes is itself guarded by verify_session: it has to be open to everybody.",
        title="This page cannot be shown",
    ),
    LoopReason.SIGN_IN_PAGE_GUARDED: Cause(
        "This page is for signing in, and by mistake it opens only for visitors who are signed in already: that is a "
        "fault of this site.",
        "The sign-in page is itself guarded by verify_session: give it session_required=False.",
        title="You cannot sign in right now",
        can_sign_in=False,
    ),
    LoopReason.CLAIM_PAGE_GUARDED: Cause(
        "This page asks for something that your sign-in lacks, and by mistake it opens only for visitors who have it "
        "already: that is a fault of this site.",
        "The page that asks for a claim checks the same claim: give it override_global_claim_validators that leave it "
        "out.",
        title="This page cannot be shown",
        can_sign_in=False,
        status=403,
    ),
}


def loop_page(reason: LoopReason | Reason, request: Request, settings: Settings) -> Response:
    """Build the page for a reason."""
    cause = CAUSES[reason]
    sign_in = redirect_location(settings.sign_in_url, request.target, (SIGN_IN_AGAIN,))
    link = f'<p><a href="{escape(sign_in, quote=True)}">Sign in again</a></p>\n' if cause.can_sign_in else ""
    return page(
        cause.title,
        f"<p>{escape(cause.for_visitor)}</p>\n{link}"
        f'<p class="soft">For the owner of this site: {escape(cause.for_owner)}</p>',
        status=cause.status,
    )
