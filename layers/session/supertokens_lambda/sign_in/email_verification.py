"""GET and POST /auth/verify-email: asking for a link by e-mail, and confirming the address by it."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import Additions, ApiAnswer
from supertokens_lambda.pages import page, redirect
from supertokens_lambda.sign_in.form import Form
from supertokens_lambda.sign_in.ways import Visit, api_path, onward, path_of, session_of, sign_in_again

FLOW = "emailverification"
SENT = '<p role="status">We have sent you a link. Please open it in this browser.</p>'
CONFIRMED = '<p role="status">Your e-mail address is confirmed.</p>\n<p><a href="{on}">Go on</a></p>'
EXPIRED = (400, "This link has expired, or has been used. Please ask for another one.")


def serve(visit: Visit) -> Response:
    """Return the page of the link, or handle its form: with a token a button, since mail scanners follow links."""
    values = visit.form if visit.is_post else visit.request.parameters
    token, tenant = values.get("token", ""), values.get("tenantId", "public")
    if token:
        return confirm(visit, token, tenant) if visit.is_post else confirming(token, tenant).page()
    return send(visit) if visit.is_post else show(visit)


def show(visit: Visit) -> Response:
    """Return a form that sends the link, unless the address has been confirmed meanwhile, perhaps on another device."""
    found = session_of(visit)
    if isinstance(found, Response):
        return found
    answer = forms.call_api(visit.request, "/user/email/verify", method="GET")
    match answer:
        case ApiAnswer(content={"status": "OK", "isVerified": True}):
            return onward(visit.target).plus(answer.additions)
        case ApiAnswer(content={"status": "OK"}):
            return asking(visit).page().plus(found.additions()).plus(answer.additions)
        case ApiAnswer(status=401):
            return sign_in_again(visit).plus(answer.additions)
    return asking(visit).refused(answer, {})


def asking(visit: Visit, before: str = "") -> Form:
    return Form(
        title="Confirm your e-mail address",
        action=visit.link("/verify-email"),
        button="Send another link" if before else "Send me a link",
        before=before or "<p>Before you go on, please show that the e-mail address of your account is yours.</p>",
    )


def send(visit: Visit) -> Response:
    answer = forms.call_api(visit.request, "/user/email/verify/token", {})
    match answer:
        case ApiAnswer(content={"status": "OK"}):
            kept = Additions(cookies=(forms.keep(FLOW, {"redirectBack": visit.target}),))
            return asking(visit, SENT).page().plus(answer.additions).plus(kept)
        case ApiAnswer(content={"status": "EMAIL_ALREADY_VERIFIED_ERROR"}):
            return onward(visit.target).plus(answer.additions)
        case ApiAnswer(status=401):
            return redirect(visit.link("/verify-email"), status=303).plus(answer.additions)
    return asking(visit).refused(answer, {})


def confirming(token: str, tenant: str) -> Form:
    return Form(
        title="Confirm your e-mail address",
        action=path_of("/verify-email"),
        button="Confirm",
        hidden={"token": token, "tenantId": tenant},
    )


def confirm(visit: Visit, token: str, tenant: str) -> Response:
    """Verify the address with the token; the session of the same visitor is updated."""
    visit = replace(visit, target=forms.kept(visit.request, FLOW).get("redirectBack", ""))
    content = {"method": "token", "token": token}
    answer = forms.call_api(visit.request, api_path("/user/email/verify", tenant), content)
    match answer:
        case ApiAnswer(content={"status": "OK"}):
            ended = Additions(cookies=(forms.forget(FLOW),))
            body = CONFIRMED.format(on=escape(visit.link("")))
            return page("Thank you", body).plus(answer.additions).plus(ended)
        case ApiAnswer(content={"status": "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"}):
            return asking(visit).refused(answer, {"EMAIL_VERIFICATION_INVALID_TOKEN_ERROR": EXPIRED})
    return confirming(token, tenant).refused(answer, {})
