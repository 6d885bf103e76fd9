"""GET /account: who is signed in, and what can be changed."""

from html import escape
from typing import Any

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.event_handler import Response
from users import name_of, password_login, visitor
from web import VISITORS, path, router, session, show

from supertokens_lambda.claims import UserRoleClaim

tracer = Tracer()

BODY = """
<dl>
<dt>Signed in as</dt>
<dd>{name}</dd>
</dl>
<ul>
{links}
</ul>
<form method="post" action="{sign_out}">
<button>Sign out</button>
</form>
"""


@router.get("/account", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def account() -> Response[Any]:
    user = visitor(session())
    pages = {"/account/password": "Change your password"} if password_login(user) else {}
    pages |= {"/account/sessions": "Where you are signed in", "/account/delete": "Delete your account"}
    if "admin" in (UserRoleClaim.get_value_from_payload(session().get_access_token_payload()) or []):
        pages["/admin"] = "Administration"
    links = "\n".join(f'<li><a href="{path(local)}">{text}</a></li>' for local, text in pages.items())
    return show(
        "Your account",
        BODY.format(name=escape(name_of(user)), links=links, sign_out=path("/auth/sign-out")),
    )
