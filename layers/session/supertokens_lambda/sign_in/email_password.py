"""GET and POST /auth: signing in and up with e-mail address and password."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from supertokens_lambda import Response, forms
from supertokens_lambda.forms import ApiAnswer
from supertokens_lambda.sign_in.form import PASSWORD_RULES, Field, Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda.sign_in.ways import Visit

SIGN_UP = ("show", "signup")
MESSAGES = {"WRONG_CREDENTIALS_ERROR": (401, "No account has this e-mail address and password.")}


def form_of(visit: Visit) -> Form:
    """Return the form with what has been typed; without the recipe, only the other ways to sign in."""
    links = visit.sign_in_links(but="password")
    if "emailpassword" not in visit.recipes.first_factors:
        return Form(title="Sign in", after=links)
    signs_up = is_sign_up(visit)
    verb, question, other = (
        ("Sign up", "Already have an account?", "Sign in")
        if signs_up
        else ("Sign in", "New here?", "Create an account")
    )
    here, there = ((SIGN_UP,), ()) if signs_up else ((), (SIGN_UP,))
    forgotten = f'<p><a href="{escape(visit.link("/reset-password"))}">Forgot your password?</a></p>\n'
    return Form(
        title=verb,
        action=visit.link("", *here),
        button=verb,
        fields=(
            Field("email", "E-mail address", "username", type="email", value=visit.form.get("email", "")),
            Field(
                "password",
                "Password",
                "new-password" if signs_up else "current-password",
                type="password",
                hint=PASSWORD_RULES if signs_up else "",
            ),
            *(_further_fields(visit) if signs_up else ()),
        ),
        after=(
            ("" if signs_up else forgotten)
            + f'<p class="soft">{question} <a href="{escape(visit.link("", *there))}">{other}</a></p>\n{links}'
        ),
    )


def submit(visit: Visit) -> Response:
    """Call SuperTokens' API to sign in or up, and return the page that follows."""
    further = visit.recipes.sign_up_fields if is_sign_up(visit) else ()
    names = ("email", "password", *(each.id for each in further))
    fields = [{"id": name, "value": visit.form.get(name, "")} for name in names]
    answer = forms.call_api(visit.request, "/signup" if is_sign_up(visit) else "/signin", {"formFields": fields})
    if isinstance(answer, ApiAnswer) and answer.content.get("status") == "OK":
        return forms.after_sign_in(visit.target).plus(answer.additions)
    return form_of(visit).refused(answer, MESSAGES)


def is_sign_up(visit: Visit) -> bool:
    """Check whether the visitor makes an account."""
    return SIGN_UP in visit.request.parameters.items()


def _further_fields(visit: Visit) -> Iterator[Field]:
    for each in visit.recipes.sign_up_fields:
        label = f"{each.label} (optional)" if each.is_optional else each.label
        yield Field(each.id, label, value=visit.form.get(each.id, ""), is_required=not each.is_optional)
