"""GET /auth/thirdparty/<id> and /auth/callback/<id>: signing in by a provider such as GitHub or Google."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from dataclasses import replace
from hmac import compare_digest
from urllib.parse import urlencode

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import Additions, ApiAnswer
from supertokens_lambda.pages import redirect
from supertokens_lambda.settings import settings
from supertokens_lambda.sign_in import email_password
from supertokens_lambda.sign_in.ways import Visit, not_found, path_of

FLOW = "thirdparty"
NO_EMAIL = "{name} gave us no e-mail address. Please allow it there, or sign in another way."
FORGED = "This sign-in was begun in another browser, or too long ago. Please try again."
DENIED = "You did not let {name} sign you in."
HINT = "Maybe an account has the e-mail address of your {name} account already: sign in as you did before."
FAILED = "{name} did not sign you in. Please try again."


def begin(visit: Visit, provider_id: str) -> Response:
    """Send the visitor to the provider; a link of another site begins nothing."""
    if name_of(visit, provider_id) is None:
        return not_found()
    if not forms.is_same_origin(visit.request):
        return redirect(visit.link(""), status=303)
    back = callback_url(provider_id)
    asked = {"thirdPartyId": provider_id, "redirectURIOnProviderDashboard": back}
    answer = forms.call_api(visit.request, "/authorisationurl", method="GET", parameters=asked)
    match answer:
        case ApiAnswer(content={"status": "OK", "urlWithQueryParams": str(url)} as content):
            state = new_state(provider_id)
            verifier = content.get("pkceCodeVerifier") or ""
            kept = {"id": provider_id, "state": state, "verifier": verifier, "redirectBack": visit.target}
            query = urlencode({"state": state})
            return redirect(f"{url}{'&' if '?' in url else '?'}{query}", status=303, cookies=(forms.keep(FLOW, kept),))
    return email_password.form_of(visit).refused(answer, {})


def finish(visit: Visit, provider_id: str) -> Response:
    """Call SuperTokens with the answer of the provider, and return the page that follows."""
    name = name_of(visit, provider_id)
    if name is None:
        return not_found()
    kept, given = forms.kept(visit.request, FLOW), visit.request.parameters
    target = kept.get("redirectBack", "")
    form = email_password.form_of(replace(visit, target=target))
    state = kept.get("state", "")
    if (
        not state
        or kept.get("id") != provider_id
        or not compare_digest(state.encode(), given.get("state", "").encode())
    ):
        return form.page(FORGED, status=400)
    if "code" not in given:
        message = DENIED if given.get("error") == "access_denied" else FAILED
        return form.page(message.format(name=name), status=403).plus(ended())
    uri = {"redirectURIOnProviderDashboard": callback_url(provider_id), "redirectURIQueryParams": given}
    if kept.get("verifier"):
        uri["pkceCodeVerifier"] = kept["verifier"]
    content = {"thirdPartyId": provider_id, "redirectURIInfo": uri, "shouldTryLinkingWithSessionUser": False}
    answer = forms.call_api(visit.request, "/signinup", content)
    match answer:
        case ApiAnswer(content={"status": "OK"}):
            return forms.after_sign_in(target).plus(answer.additions).plus(ended())
        case ApiAnswer(content={"status": "SIGN_IN_UP_NOT_ALLOWED", "reason": reason}):
            return form.page(f"{reason} {HINT.format(name=name)}", status=400).plus(ended())
    messages = {"NO_EMAIL_GIVEN_BY_PROVIDER": (400, NO_EMAIL.format(name=name))}
    return form.refused(answer, messages).plus(ended())


def name_of(visit: Visit, provider_id: str) -> str | None:
    """Return the name of a provider; None if it is not configured."""
    return next((each.name for each in visit.recipes.providers if each.id == provider_id), None)


def callback_url(provider_id: str) -> str:
    """Return the redirect URI that is registered at the provider."""
    if provider_id.startswith("apple"):
        # Apple posts to SuperTokens' API, which sends the visitor on to what the state says.
        return f"{settings().api_domain}{settings().api_gateway_path}{settings().api_base_path}/callback/apple"
    return page_url(provider_id)


def page_url(provider_id: str) -> str:
    """Return the URL of the page that the visitor comes back to."""
    return settings().website_domain + path_of(f"/callback/{provider_id}")


def new_state(provider_id: str) -> str:
    """Return a state that nobody can guess."""
    state = secrets.token_urlsafe(32)
    if not provider_id.startswith("apple"):
        return state
    return b64encode(json.dumps({"state": state, "frontendRedirectURI": page_url(provider_id)}).encode()).decode()


def ended() -> Additions:
    """Return what ends the sign-in in the browser: its state is good for one time."""
    return Additions(cookies=(forms.forget(FLOW),))
