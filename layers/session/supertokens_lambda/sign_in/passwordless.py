"""GET and POST /auth/code and /auth/verify: signing in by a magic link, or by a code, that a message brings."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import Additions, ApiAnswer
from supertokens_lambda.pages import redirect
from supertokens_lambda.sign_in.form import Field, Form
from supertokens_lambda.sign_in.ways import Visit, api_path, path_of

if TYPE_CHECKING:
    from collections.abc import Mapping

FLOW = "passwordless"
LINKING = "shouldTryLinkingWithSessionUser"
RESTART = "This sign-in has expired. Please ask for another message."
EXPIRED = (400, "This code has expired. Please ask for another one.")
SENT_AGAIN = '<p role="status">We have sent you another message.</p>'


def ask(visit: Visit) -> Response:
    """Return the form for an address, or send a message to it."""
    if not visit.is_post:
        return asking(visit).page()
    typed = visit.form.get("contact", "").strip()
    return begin(visit, asking(visit), {contact_of(visit, typed): typed})


def begin(visit: Visit, form: Form, contact: dict[str, str], *, is_second: bool = False) -> Response:
    """Send a message; as a second factor, to the account of the session."""
    answer = forms.call_api(visit.request, "/signinup/code", contact | {LINKING: is_second})
    match answer:
        case ApiAnswer(content={"status": "OK", "deviceId": device, "preAuthSessionId": session, "flowType": flow}):
            kept = {"deviceId": device, "preAuthSessionId": session, "flowType": flow, "redirectBack": visit.target}
            kept |= {"isSecond": "1"} if is_second else {}
            return redirect(path_of("/verify"), status=303, cookies=(forms.keep(FLOW, kept),))
    return form.refused(answer, {})


def asking(visit: Visit) -> Form:
    by_email = has(visit, "email")
    label = " or ".join(["E-mail address"] * by_email + ["phone number"] * has(visit, "phone")).capitalize()
    return Form(
        title="Sign in without a password",
        action=visit.link("/code"),
        button="Send me a message",
        fields=(
            Field(
                "contact",
                label,
                "username" if by_email else "tel",
                type="text" if by_email else "tel",
                value=visit.form.get("contact", ""),
                hint="" if label == "E-mail address" else "A phone number begins with + and the country's code.",
            ),
        ),
        after=visit.sign_in_links(but="code"),
    )


def verify(visit: Visit) -> Response:
    """Return the form for the code, or handle it: a link needs a button, since mail scanners follow links."""
    kept = forms.kept(visit.request, FLOW)
    visit = replace(visit, target=kept.get("redirectBack", ""))
    values = visit.form if visit.is_post else visit.request.parameters
    if values.get("linkCode"):
        return confirm(visit, values, kept) if visit.is_post else confirming(values).page()
    if not kept:
        return redirect(visit.link("/code"), status=303)
    return take(visit, kept) if visit.is_post else typing(visit, kept.get("flowType", "")).page()


def confirm(visit: Visit, values: Mapping[str, str], kept: Mapping[str, str]) -> Response:
    """Call SuperTokens with a link; a link that another asked for is no second factor of this visitor's account."""
    content: dict[str, Any] = {name: values.get(name, "") for name in ("linkCode", "preAuthSessionId")}
    is_second = "isSecond" in kept and kept.get("preAuthSessionId") == content["preAuthSessionId"]
    return consume(visit, confirming(values), content | {LINKING: is_second}, values.get("tenantId", "public"))


def take(visit: Visit, kept: Mapping[str, str]) -> Response:
    """Check the code, or send another message."""
    known = {name: kept.get(name, "") for name in ("deviceId", "preAuthSessionId")} | {LINKING: "isSecond" in kept}
    flow = kept.get("flowType", "")
    if "other" in visit.form or "code" not in visit.form:
        return resend(visit, known, flow)
    code = "".join(visit.form["code"].split())
    if not code:
        return typing(visit, flow).page(errors={"code": "Please type the code of the message."}, status=400)
    return consume(visit, typing(visit, flow), known | {"userInputCode": code})


def confirming(values: Mapping[str, str]) -> Form:
    hidden = {name: values.get(name, "") for name in ("linkCode", "preAuthSessionId", "tenantId")}
    return Form(title="Sign in", action=path_of("/verify"), button="Sign in", hidden=hidden)


def typing(visit: Visit, flow: str, before: str = "") -> Form:
    again = f'<p><a href="{escape(visit.link("/code"))}">Use another address</a></p>'
    if flow == "MAGIC_LINK":
        text = f"{before}<p>We have sent you a link. Please open it in this browser.</p>"
        return Form("Look at your messages", path_of("/verify"), "Send it again", before=text, after=again)
    text = before + "<p>We have sent you a message" + (" with a link and a code.</p>" if "LINK" in flow else ".</p>")
    return Form(
        title="Look at your messages",
        action=path_of("/verify"),
        button="Sign in",
        other_button="Send another code",
        fields=(Field("code", "Code", "one-time-code"),),
        before=text,
        after=again,
    )


def resend(visit: Visit, known: dict[str, Any], flow: str) -> Response:
    answer = forms.call_api(visit.request, "/signinup/code/resend", known)
    match answer:
        case ApiAnswer(content={"status": "OK"}):
            return typing(visit, flow, SENT_AGAIN).page()
        case ApiAnswer(content={"status": "RESTART_FLOW_ERROR"}):
            return restart(visit, known)
    return typing(visit, flow).refused(answer, {})


def consume(visit: Visit, form: Form, content: dict[str, Any], tenant: str = "public") -> Response:
    """Call SuperTokens with the link or the code, and return the page that follows."""
    answer = forms.call_api(visit.request, api_path("/signinup/code/consume", tenant), content)
    match answer:
        case ApiAnswer(content={"status": "OK"}):
            ended = Additions(cookies=(forms.forget(FLOW),))
            return forms.after_sign_in(visit.target).plus(answer.additions).plus(ended)
        case ApiAnswer(content={"status": "RESTART_FLOW_ERROR"}):
            return restart(visit, content)
        case ApiAnswer(status=403) if "userInputCode" in content:
            # A right code verifies the address that SuperTokens wants verified first.
            return form.page(errors={"code": "This is not the code."}, status=400)
        case ApiAnswer(content={"status": "INCORRECT_USER_INPUT_CODE_ERROR"} as said):
            left = said["maximumCodeInputAttempts"] - said["failedCodeInputAttemptCount"]
            return form.page(errors={"code": f"This is not the code. Tries left: {left}."}, status=400)
    return form.refused(answer, {"EXPIRED_USER_INPUT_CODE_ERROR": EXPIRED})


def restart(visit: Visit, content: Mapping[str, Any]) -> Response:
    """Return the form, or a link to it, with the error that another message is needed."""
    link = f'<p><a href="{escape(visit.link("/mfa"))}">Ask for another message</a></p>'
    form = Form("One more step", after=link) if content[LINKING] else asking(visit)
    return form.page(RESTART, status=400)


def contact_of(visit: Visit, typed: str) -> str:
    """Return what the API calls the kind of address that was typed."""
    return "email" if has(visit, "email") and ("@" in typed or not has(visit, "phone")) else "phoneNumber"


def has(visit: Visit, kind: str) -> bool:
    """Check whether messages go by e-mail or to phones."""
    return not visit.recipes.first_factors.isdisjoint({f"otp-{kind}", f"link-{kind}"})
