"""GET and POST /auth, POST /auth/sign-out: signing in, up and out with plain forms, no JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from form import Form

from supertokens_lambda import _runtime as runtime
from supertokens_lambda._entry import http_handler
from supertokens_lambda._guard.answers import RETRY_AFTER, answer_to_fault, redirect
from supertokens_lambda._guard.sign_in import cookie_problem, to_cookie_check, wants_form
from supertokens_lambda._http.message import Additions, Request, Response
from supertokens_lambda._http.origin import is_same_origin
from supertokens_lambda._http.redirects import redirect_back
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import Failed, Unavailable
from supertokens_lambda.pages import page

if TYPE_CHECKING:
    from supertokens_lambda._sdk.api import ApiAnswer

ANYBODY = VerifyOptions(session_required=False)

runtime.prepare_sdk()


@http_handler
def handler(request: Request) -> Response:
    if request.method != "POST":
        return show(request)
    if not is_same_origin(request, runtime.settings().origins):
        return page("Not from here", "<p>This form was sent by another site.</p>", status=403)
    return sign_out(request) if request.path.endswith("/sign-out") else submit(request)


def show(request: Request) -> Response:
    """Show the form, or send a visitor who has a session on."""
    if wants_form(request):
        return Form.of(request).page()
    admitted = runtime.guard().admit(request, ANYBODY)
    if isinstance(admitted, Response):
        return admitted
    if admitted.session is not None:
        return onward(request).plus(admitted.additions())
    return Form.of(request).page(cookie_problem(request, runtime.settings()) or "")


def submit(request: Request) -> Response:
    """Sign in or up, by SuperTokens' own API."""
    from supertokens_lambda._sdk import api

    form = Form.of(request)
    answer = api.call(request, "/signup" if form.signs_up else "/signin", form.content)
    match answer:
        case Failed():
            return form.page("We cannot sign anybody in until somebody mends this site.", status=500)
        case Unavailable():
            message = "We cannot sign anybody in right now. Please try again in a few seconds."
            return form.page(message, status=503).plus(Additions(headers=(RETRY_AFTER,)))
        case _:
            return shown(request, form, answer)


def shown(request: Request, form: Form, answer: ApiAnswer) -> Response:
    """Show what SuperTokens' API answered."""
    match answer.content:
        case {"status": "OK"}:
            return to_cookie_check(form.target, runtime.settings()).plus(answer.additions)
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
    from supertokens_lambda._sdk.sign_out import sign_out as end_session

    ended = end_session(request)
    if isinstance(ended, Additions):
        return redirect(runtime.settings().sign_in_url, status=303).plus(ended)
    return answer_to_fault(ended, as_page=True)


def onward(request: Request) -> Response:
    """Go to where the visitor came from."""
    settings = runtime.settings()
    target = redirect_back(request.query, never=settings.refresh_paths)
    return redirect(settings.page_url(target or f"{settings.api_gateway_path}/dashboard"), status=303)
