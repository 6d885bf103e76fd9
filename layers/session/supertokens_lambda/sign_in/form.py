"""Forms that need no JavaScript: their fields, what is wrong with these, and where the focus is then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from supertokens_lambda.forms import Additions, ApiAnswer, Failed, Unavailable
from supertokens_lambda.pages import RETRY_AFTER, page

if TYPE_CHECKING:
    from supertokens_lambda import Response

Fault = Failed | Unavailable
Messages = Mapping[str, tuple[int, str]]  # by SuperTokens' status: the status code and what the visitor reads

PASSWORD_RULES = "At least 8 characters, with a letter and a number."  # of SuperTokens' own validator
ENDED = {
    401: "Your session has ended. Please sign in again.",
    403: "Your session does not allow that now. Please sign in again.",
}


@dataclass(frozen=True)
class Field:
    """A field with its label, and a hint that is there before the mistake."""

    name: str
    label: str
    autocomplete: str = ""
    type: str = "text"
    value: str = field(default="", repr=False)
    hint: str = ""
    inputmode: str = ""
    is_required: bool = True

    def html(self, error: str, *, focused: bool) -> str:
        """Return the HTML of the field, with its error."""
        notes = {f"{self.name}-hint": self.hint, f"{self.name}-error": error}
        described = " ".join(name for name, text in notes.items() if text)
        attributes = {
            "id": self.name,
            "name": self.name,
            "type": self.type,
            "value": "" if self.type == "password" else self.value,
            "autocomplete": self.autocomplete,
            "inputmode": self.inputmode,
            "aria-describedby": described,
            "aria-invalid": "true" if error else "",
        }
        shown = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
        shown += " required" * self.is_required + " autofocus" * focused
        name = escape(self.name)
        return (
            f'<label for="{name}">{escape(self.label)}</label>\n<input{shown}>\n'
            + (f'<p class="hint" id="{name}-hint">{escape(self.hint)}</p>\n' if self.hint else "")
            + (f'<p class="error" id="{name}-error">{escape(error)}</p>\n' if error else "")
        )


@dataclass(frozen=True)
class Form:
    """A page with a form.

    Attributes
    ----------
    button, other_button : str
        What sends it; the other one sends the field ``other`` too. Without a button there is no form.
    before, after : str
        HTML around the form.
    """

    title: str
    action: str = ""
    button: str = ""
    other_button: str = ""
    fields: tuple[Field, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)
    before: str = ""
    after: str = ""

    def page(
        self,
        message: str = "",
        *,
        errors: Mapping[str, str] | None = None,
        status: int = 200,
        cookies: tuple[str, ...] = (),
    ) -> Response:
        """Return the page with the form and its errors."""
        errors = errors or {}
        alert = f'<p class="error" role="alert" tabindex="-1" autofocus>{escape(message)}</p>\n' if message else ""
        title = f"Error: {self.title}" if message or errors else self.title
        body = f"{alert}{self.before}\n{self._html(errors)}{self.after}"
        return page(title, body, heading=self.title, status=status, cookies=cookies)

    def refused(self, answer: ApiAnswer | Fault, messages: Messages) -> Response:
        """Return the page with the form and the errors of SuperTokens' API."""
        match answer:
            case Failed():
                return self.page("We cannot do that until somebody mends this site.", status=500)
            case Unavailable():
                response = self.page("We cannot do that right now. Please try again in a few seconds.", status=503)
                return response.plus(Additions(headers=(RETRY_AFTER,)))
        if answer.status in ENDED:
            return self.page(ENDED[answer.status], status=answer.status).plus(answer.additions)
        return self._says(answer.content, messages).plus(answer.additions)

    def _says(self, content: Mapping[str, Any], messages: Messages) -> Response:
        match content:
            case {"status": "FIELD_ERROR", "formFields": fields}:
                return self.page(errors={each["id"]: each["error"] for each in fields}, status=400)
            case {"status": name} if name in messages:
                status, message = messages[name]
                return self.page(message, status=status)
            case {"reason": reason} | {"message": reason}:
                return self.page(reason, status=400)
        return self.page("That did not work. Please try again.", status=400)

    def _html(self, errors: Mapping[str, str]) -> str:
        if not self.button:
            return ""
        first = next((each.name for each in self.fields if each.name in errors), None)
        hidden = (
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n'
            for name, value in self.hidden.items()
        )
        fields = (each.html(errors.get(each.name, ""), focused=each.name == first) for each in self.fields)
        other = f'\n<button name="other" value="1" class="quiet">{escape(self.other_button)}</button>'
        return (
            f'<form method="post" action="{escape(self.action)}" novalidate>\n{"".join(hidden)}{"".join(fields)}'
            f"<button>{escape(self.button)}</button>{other if self.other_button else ''}\n</form>\n"
        )
