"""GET /dashboard: a page for visitors who are signed in."""

from html import escape
from typing import Any

from supertokens_lambda import Response, Session, verify_session
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings

BODY = """
<dl>
<dt>Your user id</dt>
<dd>{user_id}</dd>
</dl>
<form method="post" action="{stage}/auth/sign-out">
<button>Sign out</button>
</form>
"""


@verify_session()
def handler(event: dict[str, Any], context: object, session: Session) -> Response:
    stage = settings().api_gateway_path
    body = BODY.format(user_id=escape(session.get_user_id()), stage=stage)
    return page("Dashboard", body, navigation={f"{stage}/": "Home", f"{stage}/account": "Account"})
