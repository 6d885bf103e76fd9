"""GET and POST /auth/mfa and /auth/mfa/totp: a second factor by an authenticator app."""

import re
from html import escape
from typing import Any

from form import Field, Form
from ways import Visit, onward, path_of, sign_in_again

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import ApiAnswer
from supertokens_lambda.pages import redirect

URI = re.compile(r"otpauth://totp/[!-~]{1,1000}")
SECRET = re.compile("[A-Z2-7=]{16,128}")
CODE = Field("totp", "Code of six digits", "one-time-code", inputmode="numeric")
SHOW = """
<p>Scan this with your authenticator app, or <a href="{uri}">open it there</a>.</p>
{picture}
<p>Or type this key: <code>{secret}</code></p>
"""


def choose(visit: Visit) -> Response:
    """Lead to the factor that is missing; there is a page for one."""
    return forms_for_factor(visit, lambda factors: go_on(visit, factors))


def serve(visit: Visit) -> Response:
    """Show the form that the visitor needs, or take it."""
    if not visit.is_post:
        return forms_for_factor(visit, lambda factors: form_for(visit, factors).page())
    typed = visit.form
    if "totp" not in typed:
        return set_up(visit)
    return verify_device(visit) if "deviceName" in typed else verify(visit, asking(visit), "/totp/verify", {})


def forms_for_factor(visit: Visit, show: Any) -> Response:
    """Ask SuperTokens which factors the session lacks and may set up, and show the page for these."""
    found = forms.find_session(visit.request)
    if isinstance(found, Response):
        return found
    if found.session is None:
        return redirect(forms.link(path_of(""), visit.request.target), status=303)
    answer = forms.call_api(visit.request, "/mfa/info", method="PUT")
    match answer:
        case ApiAnswer(content={"status": "OK", "factors": factors}):
            response: Response = show(factors)
            return response.plus(found.additions()).plus(answer.additions)
        case ApiAnswer(status=401):
            return sign_in_again(visit).plus(answer.additions)
    return asking(visit).refused(answer, {})


def go_on(visit: Visit, factors: dict[str, list[str]]) -> Response:
    if not factors["next"]:
        return onward(visit.target)
    if "totp" in factors["next"]:
        return redirect(visit.link("/mfa/totp"), status=303)
    return Form(title="One more step").page("This site has no page for the next step of your sign-in.", status=501)


def form_for(visit: Visit, factors: dict[str, list[str]]) -> Form:
    """Return the form for a code of the app that is set up, or the one that begins to set it up."""
    if "totp" in factors["alreadySetup"] or "totp" not in factors["allowedToSetup"]:
        return asking(visit)
    return Form(
        title="Set up an authenticator app",
        action=visit.link("/mfa/totp"),
        button="Begin",
        before="<p>From then on you sign in with a code of the app as well.</p>",
    )


def asking(visit: Visit) -> Form:
    return Form(
        title="Enter the code of your app",
        action=visit.link("/mfa/totp"),
        button="Go on",
        fields=(CODE,),
    )


def set_up(visit: Visit) -> Response:
    """Have SuperTokens make a key, and show it."""
    answer = forms.call_api(visit.request, "/totp/device", {})
    match answer:
        case ApiAnswer(content={"status": "OK", "deviceName": name, "secret": secret, "qrCodeString": uri}):
            return scanning(visit, name, secret, uri).page().plus(answer.additions)
        case ApiAnswer(status=401):
            return redirect(visit.link("/mfa/totp"), status=303).plus(answer.additions)
    return asking(visit).refused(answer, {})


def scanning(visit: Visit, name: str, secret: str, uri: str) -> Form:
    """Show the key; it is in the form as well, since SuperTokens shows it one time."""
    shown = SHOW.format(uri=escape(uri), picture=picture_of(uri), secret=escape(secret))
    return Form(
        title="Set up an authenticator app",
        action=visit.link("/mfa/totp"),
        button="Confirm",
        fields=(CODE,),
        hidden={"deviceName": name, "secret": secret, "uri": uri},
        before=shown if URI.fullmatch(uri) and SECRET.fullmatch(secret) else "",
    )


def picture_of(uri: str) -> str:
    """Return the QR code as an image; without the package segno there is the link and the key."""
    try:
        import segno
    except ImportError:
        return ""
    picture: str = segno.make(uri, micro=False).svg_inline(scale=4, omitsize=True)
    return picture.replace("<svg", '<svg role="img" aria-label="QR code of the key"', 1)


def verify_device(visit: Visit) -> Response:
    """Confirm by a first code that the app has the key."""
    typed = visit.form
    form = scanning(visit, typed["deviceName"], typed.get("secret", ""), typed.get("uri", ""))
    return verify(visit, form, "/totp/device/verify", {"deviceName": typed["deviceName"]})


def verify(visit: Visit, form: Form, path: str, content: dict[str, str]) -> Response:
    """Have SuperTokens check a code, which apps show with a blank in it."""
    code = "".join(visit.form["totp"].split())
    if not code:
        return form.page(errors={"totp": "Please type the code that the app shows."}, status=400)
    answer = forms.call_api(visit.request, path, content | {"totp": code})
    match answer:
        case ApiAnswer(content={"status": "OK"}):
            return onward(visit.target).plus(answer.additions)
        case ApiAnswer(content={"status": "INVALID_TOTP_ERROR"} as said):
            left = said["maxNumberOfFailedAttempts"] - said["currentNumberOfFailedAttempts"]
            return form.page(errors={"totp": f"This is not the code. Tries left: {left}."}, status=400)
        case ApiAnswer(content={"status": "LIMIT_REACHED_ERROR", "retryAfterMs": wait}):
            minutes = -(-wait // 60_000)
            return form.page(f"Too many wrong codes. Please try again in {minutes} min.", status=429)
        case ApiAnswer(status=401):
            return redirect(visit.link("/mfa/totp"), status=303).plus(answer.additions)
    return form.refused(answer, {})
