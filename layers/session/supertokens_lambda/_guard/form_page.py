"""The page that answers a form whose session has expired: it keeps what was typed, and sends it again.

The page needs no script, and no server stores the fields: they are in the page. A frame in the page renews the session,
by the same navigation that renews the session of any page. The form has no ``action``, so the browser sends it to the
address that the browser is at, whatever the request said about it.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from supertokens_lambda._guard.answers import RETRY_AFTER, SIGN_IN_AGAIN
from supertokens_lambda._guard.invalid_claims import claim_page
from supertokens_lambda._guard.loop import Looping
from supertokens_lambda._guard.loop_page import CAUSES
from supertokens_lambda._html import page
from supertokens_lambda._http.form import FORM, form_fields
from supertokens_lambda._http.message import Additions
from supertokens_lambda._http.redirects import redirect_location
from supertokens_lambda._verification.verdict import Failed, InvalidClaims, Unavailable

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.options import VerifyOptions
    from supertokens_lambda._verification.verdict import Refusal

KEPT = 32 * 1024  # bytes of an encoded form; its page fits the megabyte that a load balancer carries

# Fields that must be typed again. An anti-CSRF token must not match, or the application would refuse the form.
_SECRET_PART = re.compile(
    "passw|passphrase|passcode|pwd|kennwort|motdepasse|contrase|senha|secret|credential|apikey|privatekey|cvv|cvc|"
    "cardnumber"
)
_SECRET_WORDS = frozenset({"pass", "pw", "pin", "otp", "totp", "mfa"})
_LOST = (
    "<p>This page cannot keep what you sent: it holds files, or it is too long. Go back with your browser, copy what "
    "you typed, and send the form again.</p>"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")


def form_page(request: Request, cause: Refusal | Looping, settings: Settings, options: VerifyOptions) -> Response:
    """Build the page: what happened, the form with what was typed, and a link to sign in if the page comes back."""
    fields = kept_fields(request)
    body = "\n".join([f"<p>{escape(_why(cause))}</p>", _LOST if fields is None else _form(fields)])
    if isinstance(cause, Unavailable):
        return page("One moment, please", body, status=503).plus(Additions(headers=(RETRY_AFTER,)))
    if isinstance(cause, Failed):
        return page("Something is wrong here", body, status=500)
    if isinstance(cause, InvalidClaims):
        return page("You may not do this", f"{body}\n{_claim_link(cause, settings)}", status=403)
    if isinstance(cause, Looping):
        owner = f'<p class="soft">For the owner of this site: {escape(CAUSES[cause.reason].for_owner)}</p>'
        return page("Your session does not hold", f"{body}\n{_sign_in(settings, SIGN_IN_AGAIN)}\n{owner}", status=401)
    body += f"\n{_sign_in(settings)}"
    if fields is None:
        return page("Your session has expired", body, status=401)
    # The redirects of the refresh lead the frame through both origins.
    policy = f"frame-src 'self' {settings.api_domain} {settings.website_domain}"
    return page("Your session has expired", f"{body}\n{_renewal(settings, options)}", status=401, policy=policy)


def kept_fields(request: Request) -> list[tuple[str, str]] | None:
    """Return the fields in the order in which they were sent; None if they hold files or are too long for a page."""
    is_read = bool(request.body) or request.headers.get("content-length", "0") in ("", "0")
    if not is_read or request.content_type != FORM or len(request.body) > KEPT:
        return None
    try:
        fields = form_fields(request.body.decode(), errors="strict")
    except ValueError:
        return None
    # HTML can express neither a NUL character nor a field without a name.
    return fields if all(name and "\0" not in name + value for name, value in fields) else None


def is_secret(name: str) -> bool:
    """Check by its name whether a field holds a password or another secret."""
    words = {word.lower() for word in _WORDS.findall(name)}
    return bool(words & _SECRET_WORDS) or _SECRET_PART.search(re.sub(r"[\W_]", "", name.lower())) is not None


def _why(cause: Refusal | Looping) -> str:
    if isinstance(cause, Looping):
        return CAUSES[cause.reason].for_visitor
    if isinstance(cause, InvalidClaims):
        asking = claim_page(cause)
        return asking.missing if asking else "You are signed in, but this is not for you."
    if isinstance(cause, Unavailable):
        return "Your session cannot be checked right now. You are still signed in: please try again in a few seconds."
    if isinstance(cause, Failed):
        return "This site has a fault, and cannot check your session until somebody mends it. You are still signed in."
    return "Your session ended before you sent this form."


def _form(fields: list[tuple[str, str]]) -> str:
    # A browser reads each line break as one character and sends it as two, as it did the first time.
    inputs = [
        f'<label>{escape(name)}\n<input type="password" name="{escape(name)}" autocomplete="off"></label>'
        if is_secret(name)
        else f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields
    ]
    if any(is_secret(name) for name, _ in fields):
        inputs.insert(0, "<p>Passwords and codes are not kept: please type them again.</p>")
    kept = "<p>What you typed is kept on this page.</p>"
    return "\n".join([kept, '<form method="post">', *inputs, "<button>Send again</button>", "</form>"])


def _sign_in(settings: Settings, *parameters: tuple[str, str]) -> str:
    link = escape(redirect_location(settings.sign_in_url, "", parameters))
    return (
        f'<p class="soft">If this page comes back, <a href="{link}" target="_blank" rel="noopener">sign in</a> '
        "in a new tab, then send the form again from here.</p>"
    )


def _claim_link(refusal: InvalidClaims, settings: Settings) -> str:
    asking = claim_page(refusal)
    if asking is None:
        return f'<p><a href="{escape(settings.page_url(settings.home_path))}">Go to the home page</a></p>'
    return (
        f'<p><a href="{escape(asking.url(settings, ""))}" target="_blank" rel="noopener">{asking.link}</a> '
        "in a new tab, then send the form again from here.</p>"
    )


def _renewal(settings: Settings, options: VerifyOptions) -> str:
    """Return the frame that renews the session; the toolkit needs no script there, another refresh page may."""
    if options.refresh_path is None:
        renewal, sandbox = settings.refresh_url, ' sandbox="allow-same-origin"'
    else:
        renewal, sandbox = settings.api_gateway_path + options.refresh_path, ""
    address = escape(redirect_location(renewal, settings.home_path))
    return f'<iframe hidden title="Renewal"{sandbox} src="{address}"></iframe>'
