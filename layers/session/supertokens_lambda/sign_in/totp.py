"""GET and POST /auth/mfa/totp: a second factor by an authenticator app."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import ApiAnswer
from supertokens_lambda.pages import redirect
from supertokens_lambda.sign_in.form import Field, Form
from supertokens_lambda.sign_in.second_factor import with_info
from supertokens_lambda.sign_in.ways import Visit, onward

if TYPE_CHECKING:
    from collections.abc import Mapping

URI = re.compile(r"otpauth://totp/[!-~]{1,1000}")
SECRET = re.compile("[A-Z2-7=]{16,128}")
CODE = Field("totp", "Code of six digits", "one-time-code", inputmode="numeric")
SHOW = """
<p>Scan this with your authenticator app, or <a href="{uri}">open it there</a>.</p>
{picture}
<p>Or type this key: <code>{secret}</code></p>
"""


def serve(visit: Visit) -> Response:
    """Return the form that the visitor needs, or handle it."""
    if not visit.is_post:
        return with_info(visit, lambda info: form_for(visit, info["factors"]).page())
    typed = visit.form
    if "totp" not in typed:
        return set_up(visit)
    return verify_device(visit) if "deviceName" in typed else verify(visit, asking(visit), "/totp/verify", {})


def form_for(visit: Visit, factors: Mapping[str, list[str]]) -> Form:
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
    """Create a key with SuperTokens, and return the page that shows it."""
    answer = forms.call_api(visit.request, "/totp/device", {})
    match answer:
        case ApiAnswer(content={"status": "OK", "deviceName": name, "secret": secret, "qrCodeString": uri}):
            return scanning(visit, name, secret, uri).page().plus(answer.additions)
        case ApiAnswer(status=401):
            return redirect(visit.link("/mfa/totp"), status=303).plus(answer.additions)
    return asking(visit).refused(answer, {})


def scanning(visit: Visit, name: str, secret: str, uri: str) -> Form:
    """Return the page with the key; the form repeats it, since SuperTokens returns it only once."""
    is_key = URI.fullmatch(uri) and SECRET.fullmatch(secret)
    return Form(
        title="Set up an authenticator app",
        action=visit.link("/mfa/totp"),
        button="Confirm",
        fields=(CODE,),
        hidden={"deviceName": name, "secret": secret, "uri": uri},
        before=SHOW.format(uri=escape(uri), picture=picture_of(uri), secret=escape(secret)) if is_key else "",
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
    """Verify with a first code that the app has the key."""
    typed = visit.form
    form = scanning(visit, typed["deviceName"], typed.get("secret", ""), typed.get("uri", ""))
    return verify(visit, form, "/totp/device/verify", {"deviceName": typed["deviceName"]})


def verify(visit: Visit, form: Form, path: str, content: dict[str, str]) -> Response:
    """Verify a code with SuperTokens; apps show codes with a blank."""
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
