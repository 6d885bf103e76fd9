"""GET /auth/mfa, GET and POST /auth/mfa/otp-email and -phone: the factor that a session lacks, and codes as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import ApiAnswer
from supertokens_lambda.pages import redirect
from supertokens_lambda.sign_in import passwordless
from supertokens_lambda.sign_in.form import Form
from supertokens_lambda.sign_in.ways import Visit, onward, session_of, sign_in_again

TITLE = "One more step"
FACTORS = {
    "totp": "Use a code of your authenticator app",
    "otp-email": "Get a code by e-mail",
    "otp-phone": "Get a code on your phone",
}
Info = Mapping[str, Any]


def choose(visit: Visit) -> Response:
    """Return a redirect to the missing factor, or a page to choose one.

    A page may require a factor that the sign-in does not; the guard names those in the query then.
    """
    named = [each for each in visit.request.parameters.get("n", "").split(",") if each]
    return with_info(visit, lambda info: choosing(visit, info["factors"]["next"] or named))


def choosing(visit: Visit, missing: list[str]) -> Response:
    links = {visit.link(f"/mfa/{each}"): FACTORS[each] for each in missing if each in FACTORS}
    if not missing:
        return onward(visit.target)
    if not links:
        return Form(TITLE).page("This site has no page for the next step of your sign-in.", status=501)
    if len(links) == 1:
        return redirect(*links, status=303)
    items = (f'<li><a class="quiet" href="{escape(link)}">{name}</a></li>' for link, name in links.items())
    return Form(TITLE, after=f'<ul class="plain">\n{"".join(items)}\n</ul>').page()


def send_code(visit: Visit, factor: str) -> Response:
    """Return a form that sends a code to an address of the account, or send it."""
    form = Form(TITLE, visit.link(f"/mfa/{factor}"), "Send me a code", before=f"<p>{FACTORS[factor]}.</p>")
    if not visit.is_post:
        return with_info(visit, lambda _: form.page())
    answer = forms.call_api(visit.request, "/mfa/info", method="PUT")
    match answer:
        case ApiAnswer(status=401):
            return redirect(visit.link(f"/mfa/{factor}"), status=303).plus(answer.additions)
        case ApiAnswer(content={"emails": emails, "phoneNumbers": phones}):
            # SuperTokens names the addresses that count, the best one first.
            known = emails if factor == "otp-email" else phones
            contact = {"email" if factor == "otp-email" else "phoneNumber": next(iter(known.get(factor, [])), "")}
            return passwordless.begin(visit, form, contact, is_second=True).plus(answer.additions)
    return form.refused(answer, {})


def with_info(visit: Visit, show: Callable[[Info], Response]) -> Response:
    """Call SuperTokens for the factors that the session lacks, and return a page with the answer."""
    found = session_of(visit)
    if isinstance(found, Response):
        return found
    answer = forms.call_api(visit.request, "/mfa/info", method="PUT")
    match answer:
        case ApiAnswer(content={"status": "OK"} as info):
            return show(info).plus(found.additions()).plus(answer.additions)
        case ApiAnswer(status=401):
            return sign_in_again(visit).plus(answer.additions)
    return Form(TITLE).refused(answer, {})
