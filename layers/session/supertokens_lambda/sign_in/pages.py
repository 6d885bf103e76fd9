"""GET and POST /auth and the pages below it: signing in, up and out with plain forms, no JavaScript."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from supertokens_lambda import Request, Response, forms, http_handler
from supertokens_lambda.forms import Additions, Failed, Unavailable
from supertokens_lambda.pages import answer_to_fault, page, redirect
from supertokens_lambda.settings import settings
from supertokens_lambda.sign_in import (
    email_password,
    email_verification,
    password_reset,
    passwordless,
    second_factor,
    social,
    totp,
)
from supertokens_lambda.sign_in.form import Form
from supertokens_lambda.sign_in.ways import Visit, not_found, onward

if TYPE_CHECKING:
    from collections.abc import Callable


def has_factor(visit: Visit) -> bool:
    """Check whether there are second factors."""
    return "multifactorauth" in visit.recipes.ids


def has_messages(visit: Visit) -> bool:
    """Check whether a visitor may begin with a magic link or a code, or go on with one."""
    return "passwordless" in visit.recipes.ids


# By path: the page, and whether the recipes offer it.
PAGES: dict[str, tuple[Callable[[Visit], Response], Callable[[Visit], bool]]] = {
    "/reset-password": (password_reset.serve, lambda visit: "emailpassword" in visit.recipes.ids),
    "/verify-email": (email_verification.serve, lambda visit: "emailverification" in visit.recipes.ids),
    "/code": (passwordless.ask, has_messages),
    "/verify": (passwordless.verify, has_messages),
    "/mfa": (second_factor.choose, has_factor),
    "/mfa/totp": (totp.serve, lambda visit: has_factor(visit) and "totp" in visit.recipes.ids),
    "/mfa/otp-email": (partial(second_factor.send_code, factor="otp-email"), has_factor),
    "/mfa/otp-phone": (partial(second_factor.send_code, factor="otp-phone"), has_factor),
}
PROVIDER_PAGES = {"/thirdparty/": social.begin, "/callback/": social.finish}


@http_handler
def handler(request: Request) -> Response:
    """Serve the sign-in page and the pages below it.

    Examples
    --------
    >>> from supertokens_lambda.sign_in import handler
    >>> sign_in = handler
    """
    if request.method == "POST" and not forms.is_same_origin(request):
        return page("Not from here", "<p>This form was sent by another site.</p>", status=403)
    path = request.path.removeprefix(settings().website_base_path).rstrip("/")
    if path == "/sign-out" and request.method == "POST":
        return sign_out(request)
    recipes = forms.recipes()
    if isinstance(recipes, Unavailable | Failed):
        return Form(title="Sign in").refused(recipes, {})
    return serve(Visit(request, recipes, forms.came_from(request)), path)


def serve(visit: Visit, path: str) -> Response:
    """Serve the page at a path below the sign-in page's."""
    if not path:
        return email_password.submit(visit) if visit.is_post else show(visit)
    if path in PAGES:
        serve_page, is_offered = PAGES[path]
        return serve_page(visit) if is_offered(visit) else not_found()
    for prefix, serve_provider in PROVIDER_PAGES.items():
        if path.startswith(prefix) and not visit.is_post:
            return serve_provider(visit, path.removeprefix(prefix))
    return not_found()


def show(visit: Visit) -> Response:
    """Return the form, or redirect a visitor who has a session."""
    if forms.wants_form(visit.request):
        return email_password.form_of(visit).page()
    found = forms.find_session(visit.request)
    if isinstance(found, Response):
        return found
    if found.session is not None:
        return onward(visit.target).plus(found.additions())
    return email_password.form_of(visit).page(forms.cookie_problem(visit.request) or "")


def sign_out(request: Request) -> Response:
    """Revoke the session."""
    ended = forms.sign_out(request)
    if isinstance(ended, Additions):
        return redirect(settings().sign_in_url, status=303).plus(ended)
    return answer_to_fault(ended, as_page=True)
