"""GET /dashboard: a page for visitors who are signed in."""

from html import escape
from typing import Any

from supertokens_lambda import Response, Session, verify_session
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings

BODY = """
<dl>
<dt>Signed in as</dt>
<dd>{name}</dd>
</dl>
<form method="post" action="{stage}/auth/sign-out">
<button>Sign out</button>
</form>
"""


@verify_session()
def handler(event: dict[str, Any], context: object, session: Session) -> Response:
    stage = settings().api_gateway_path
    # The address is in tokens of accounts that have one; see backend_config.py.
    name = session.get_access_token_payload().get("email", session.get_user_id())
    body = BODY.format(name=escape(name), stage=stage)
    return page("Dashboard", body, navigation={f"{stage}/": "Home", f"{stage}/account": "Account"})
