"""What the routes share: router, guard, pages, and the fields of their forms."""

from collections.abc import Callable
from html import escape
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Router
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from supertokens_lambda import Request, Session, forms
from supertokens_lambda.pages import page
from supertokens_lambda.powertools import SessionMiddleware, powertools_response
from supertokens_lambda.settings import settings

NAVIGATION = {"/": "Home", "/dashboard": "Dashboard", "/account": "Account"}

router = Router()  # type: ignore[no-untyped-call]  # it has no types


def own_forms(app: ApiGatewayResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Refuse a form that another site sends with the visitor's cookies."""
    if request().method == "POST" and not forms.is_same_origin(request()):
        return show("Not from here", "<p>This form was sent by another site.</p>", status=403)
    return next_middleware(app)


# A form sends no header or token against forged requests, so its origin is checked instead.
VISITORS: list[Callable[..., Any]] = [SessionMiddleware(anti_csrf_check=False), own_forms]


def session() -> Session:
    found: Session = router.context["session"]
    return found


def request() -> Request:
    found: Request = router.context["request"]
    return found


def path(local: str) -> str:
    """Return a path as browsers see it, with stage and base path."""
    return settings().api_gateway_path + local


def show(heading: str, body: str, *, status: int = 200) -> Response[Any]:
    """Return a page; its title says whether a field has to be corrected."""
    title = f"Error: {heading}" if status == 400 else heading
    navigation = {path(local): text for local, text in NAVIGATION.items()}
    return powertools_response(page(title, body, heading=heading, status=status, navigation=navigation))


def field(name: str, label: str, *, kind: str, autocomplete: str, hint: str = "", error: str = "") -> str:
    """Return a field of a form as HTML, with what to know before a mistake and what is wrong after one."""
    notes = {f"{name}-hint": ("hint", hint), f"{name}-error": ("error", error)}
    shown = {note: (style, text) for note, (style, text) in notes.items() if text}
    described = f' aria-describedby="{" ".join(shown)}"' if shown else ""
    state = ' aria-invalid="true" autofocus' if error else ""
    return (
        f'<label for="{name}">{escape(label)}</label>\n'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{autocomplete}" required{described}{state}>\n'
    ) + "".join(f'<p class="{style}" id="{note}">{escape(text)}</p>\n' for note, (style, text) in shown.items())
