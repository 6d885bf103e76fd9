"""What the routes share: their router, who may open them, and how they answer."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, Router
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from supertokens_lambda import Request, Session, forms
from supertokens_lambda.pages import page
from supertokens_lambda.powertools import SessionMiddleware, powertools_response
from supertokens_lambda.settings import settings

NAVIGATION = {"/": "Home", "/dashboard": "Dashboard", "/account": "Account"}

router = Router()  # type: ignore[no-untyped-call]  # Powertools leaves it without types


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


def show(title: str, body: str, *, status: int = 200) -> Response[Any]:
    """Answer with a page."""
    navigation = {path(local): text for local, text in NAVIGATION.items()}
    return powertools_response(page(title, body, status=status, navigation=navigation))
