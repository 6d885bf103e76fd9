"""GET and POST /auth/reset-password: asking for a link by e-mail, and choosing another password by it."""

from __future__ import annotations

from html import escape

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import ApiAnswer
from supertokens_lambda.pages import page
from supertokens_lambda.sign_in.form import PASSWORD_RULES, Field, Form
from supertokens_lambda.sign_in.ways import Visit, api_path

SENT = """
<p>If an account has this e-mail address, we have sent a link to it. It is good for an hour.</p>
<p>Nothing there? Look for it among the spam, or <a href="{again}">ask again</a>.</p>
"""
CHANGED = '<p role="status">Your password has been changed.</p>\n<p><a href="{sign_in}">Sign in</a></p>'
EXPIRED = (400, "This link has expired, or has been used. Please ask for another one.")


def serve(visit: Visit) -> Response:
    """Return the page of the link, or handle its form: with a token, the form for the password."""
    values = visit.form if visit.is_post else visit.request.parameters
    token = values.get("token", "")
    if not token:
        return ask(visit) if visit.is_post else asking(visit).page()
    tenant = values.get("tenantId", "public")
    return change(visit, token, tenant) if visit.is_post else changing(visit, token, tenant).page()


def asking(visit: Visit) -> Form:
    return Form(
        title="Forgot your password?",
        action=visit.link("/reset-password"),
        button="Send me a link",
        fields=(Field("email", "E-mail address", "username", type="email", value=visit.form.get("email", "")),),
        after=f'<p><a href="{escape(visit.link(""))}">Back to sign-in</a></p>',
    )


def ask(visit: Visit) -> Response:
    """Send the link; the answer does not reveal whether the account exists."""
    content = {"formFields": [{"id": "email", "value": visit.form.get("email", "")}]}
    answer = forms.call_api(visit.request, "/user/password/reset/token", content)
    match answer:
        case ApiAnswer(content={"status": "OK" | "PASSWORD_RESET_NOT_ALLOWED"}):
            return page("Look at your e-mail", SENT.format(again=escape(visit.link("/reset-password"))))
    return asking(visit).refused(answer, {})


def changing(visit: Visit, token: str, tenant: str) -> Form:
    return Form(
        title="Choose a new password",
        action=visit.link("/reset-password"),
        button="Change the password",
        fields=(Field("password", "New password", "new-password", type="password", hint=PASSWORD_RULES),),
        hidden={"token": token, "tenantId": tenant},
    )


def change(visit: Visit, token: str, tenant: str) -> Response:
    """Update the password by the token, which is good for one time."""
    fields = [{"id": "password", "value": visit.form.get("password", "")}]
    content = {"method": "token", "formFields": fields, "token": token}
    answer = forms.call_api(visit.request, api_path("/user/password/reset", tenant), content)
    match answer:
        case ApiAnswer(content={"status": "OK"}):
            return page("Password changed", CHANGED.format(sign_in=escape(visit.link(""))))
        case ApiAnswer(content={"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"}):
            return asking(visit).refused(answer, {"RESET_PASSWORD_INVALID_TOKEN_ERROR": EXPIRED})
    return changing(visit, token, tenant).refused(answer, {})
