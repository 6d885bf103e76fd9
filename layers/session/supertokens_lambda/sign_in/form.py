"""The form that signs in or up."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from supertokens_lambda import Request, Response, forms
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGN_UP = ("show", "signup")

FORM = """
{message}
<form method="post" action="{action}" novalidate>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" value="{email}" autocomplete="username" required{email_state}>
{email_error}
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="{autocomplete}" required{password_state}>
{password_error}
<button>{verb}</button>
</form>
<p class="soft">{other_question} <a href="{other}">{other_verb}</a></p>
"""


@dataclass(frozen=True)
class Form:
    """What a visitor has typed, and where the form leads."""

    signs_up: bool
    email: str
    password: str = field(repr=False)
    target: str

    @classmethod
    def of(cls, request: Request) -> Form:
        """Read the form; the password is kept for the one call, and never shown again."""
        typed = request.form()
        return cls(
            signs_up=SIGN_UP in request.parameters.items(),
            email=typed.get("email", ""),
            password=typed.get("password", ""),
            target=forms.came_from(request),
        )

    @property
    def content(self) -> dict[str, Any]:
        """The form as SuperTokens' API takes it."""
        return {"formFields": [{"id": "email", "value": self.email}, {"id": "password", "value": self.password}]}

    def page(self, message: str = "", *, fields: Mapping[str, str] | None = None, status: int = 200) -> Response:
        """Show the form, with what is wrong about it."""
        errors = fields or {}
        verb, other_question, other_verb = (
            ("Sign up", "Already have an account?", "Sign in")
            if self.signs_up
            else ("Sign in", "New here?", "Create an account")
        )
        body = FORM.format(
            message=f'<p class="error" role="alert">{escape(message)}</p>' if message else "",
            action=self._link(signs_up=self.signs_up),
            email=escape(self.email),
            email_state=_state("email", errors),
            email_error=_error("email", errors),
            autocomplete="new-password" if self.signs_up else "current-password",
            password_state=_state("password", errors),
            password_error=_error("password", errors),
            verb=verb,
            other_question=other_question,
            other=self._link(signs_up=not self.signs_up),
            other_verb=other_verb,
        )
        return page(verb, body, status=status)

    def _link(self, *, signs_up: bool) -> str:
        # A path of the settings, not the request's: a link to //evil.example/auth would leave the site.
        path = settings().sign_in_path
        return escape(forms.link(path, self.target, *((SIGN_UP,) if signs_up else ())))


def _state(name: str, errors: Mapping[str, str]) -> str:
    return f' aria-invalid="true" aria-describedby="{name}-error"' if name in errors else ""


def _error(name: str, errors: Mapping[str, str]) -> str:
    return f'<p class="error" id="{name}-error">{escape(errors[name])}</p>' if name in errors else ""
