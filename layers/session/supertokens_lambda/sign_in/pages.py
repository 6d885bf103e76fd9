"""GET and POST of the sign-in page, POST of its ``/sign-out``: signing in, up and out with plain forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda import Request, Response, forms, http_handler
from supertokens_lambda.forms import Additions, Failed, Unavailable
from supertokens_lambda.pages import RETRY_AFTER, answer_to_fault, page, redirect
from supertokens_lambda.settings import settings
from supertokens_lambda.sign_in.form import Form

if TYPE_CHECKING:
    from supertokens_lambda.forms import ApiAnswer


@http_handler
def handler(request: Request) -> Response:
    """Serve the sign-in page and its forms."""
    if request.method != "POST":
        return show(request)
    if not forms.is_same_origin(request):
        return page("Not from here", "<p>This form was sent by another site.</p>", status=403)
    return sign_out(request) if request.path.endswith("/sign-out") else submit(request)


def show(request: Request) -> Response:
    """Show the form, or send a visitor who has a session on."""
    if forms.wants_form(request):
        return Form.of(request).page()
    found = forms.find_session(request)
    if isinstance(found, Response):
        return found
    if found.session is not None:
        return onward(request).plus(found.additions())
    return Form.of(request).page(forms.cookie_problem(request) or "")


def submit(request: Request) -> Response:
    """Sign in or up, by SuperTokens' own API."""
    form = Form.of(request)
    answer = forms.call_api(request, "/signup" if form.signs_up else "/signin", form.content)
    match answer:
        case Failed():
            return form.page("We cannot sign anybody in until somebody mends this site.", status=500)
        case Unavailable():
            message = "We cannot sign anybody in right now. Please try again in a few seconds."
            return form.page(message, status=503).plus(Additions(headers=(RETRY_AFTER,)))
        case _:
            return shown(form, answer)


def shown(form: Form, answer: ApiAnswer) -> Response:
    """Show what SuperTokens' API answered."""
    match answer.content:
        case {"status": "OK"}:
            return forms.after_sign_in(form.target).plus(answer.additions)
        case {"status": "FIELD_ERROR", "formFields": fields}:
            return form.page(fields={field["id"]: field["error"] for field in fields}, status=400)
        case {"status": "WRONG_CREDENTIALS_ERROR"}:
            return form.page("No account has this e-mail address and password.", status=401)
        case {"reason": reason} | {"message": reason}:
            return form.page(reason, status=400)
        case _:
            return form.page("That did not work. Please try again.", status=400)


def sign_out(request: Request) -> Response:
    """End the session."""
    ended = forms.sign_out(request)
    if isinstance(ended, Additions):
        return redirect(settings().sign_in_url, status=303).plus(ended)
    return answer_to_fault(ended, as_page=True)


def onward(request: Request) -> Response:
    """Go to where the visitor came from."""
    target = forms.came_from(request) or settings().home_target
    return redirect(settings().page_url(target), status=303)
