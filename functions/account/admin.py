"""GET /admin: all users, a page at a time, for visitors with the role ``admin``."""

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.event_handler import Response
from supertokens_python.syncio import get_users_newest_first
from supertokens_python.types import User
from users import name_of
from web import path, request, router, session, show

from supertokens_lambda import Session
from supertokens_lambda.claims import SessionClaimValidator, UserRoleClaim
from supertokens_lambda.pages import redirect
from supertokens_lambda.powertools import SessionMiddleware, powertools_response

SHOWN = 20  # users on a page

tracer = Tracer()

USER = """
<dt>{name}</dt>
<dd>{methods}, since <time datetime="{joined:%Y-%m-%d}">{joined:%d %B %Y}</time></dd>
"""


def administrators(
    global_validators: list[SessionClaimValidator], session: Session, user_context: dict[str, Any]
) -> list[SessionClaimValidator]:
    return [*global_validators, UserRoleClaim.validators.includes("admin")]


@router.get("/admin", middlewares=[SessionMiddleware(override_global_claim_validators=administrators)])
@tracer.capture_method(capture_response=False)
def users() -> Response[Any]:
    session().sdk()  # starts SuperTokens' SDK
    after = request().parameters.get("after")
    try:
        found = get_users_newest_first(session().get_tenant_id(), limit=SHOWN, pagination_token=after)
    except ValueError:
        # The core refuses a token that it has not issued.
        if after is None:
            raise
        return powertools_response(redirect(path("/admin")))
    body = "<dl>{}</dl>".format("".join(map(described, found.users)))
    links = {"Newest users": path("/admin")} if after else {}
    if found.next_pagination_token:
        links["Older users"] = f"{path('/admin')}?after={quote(found.next_pagination_token, safe='')}"
    body += "".join(f'\n<p><a href="{link}">{text}</a></p>' for text, link in links.items())
    return show("Users", body)


def described(user: User) -> str:
    methods = ", ".join(sorted({method.recipe_id for method in user.login_methods}))
    joined = datetime.fromtimestamp(user.time_joined / 1000, UTC)
    return USER.format(name=escape(name_of(user)), methods=escape(methods), joined=joined)
