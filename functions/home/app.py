"""GET /: a page that knows a visitor who is signed in, and welcomes everybody."""

from typing import Any

from supertokens_lambda import Response, Session, verify_session
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings


@verify_session(session_required=False)
def handler(event: dict[str, Any], context: object, session: Session | None) -> Response:
    stage = settings().api_gateway_path
    if session is None:
        return page("Welcome", f'<p>You are not signed in.</p>\n<p><a href="{stage}/auth">Sign in</a></p>')
    navigation = {f"{stage}/dashboard": "Dashboard", f"{stage}/account": "Account"}
    body = f'<p>You are signed in.</p>\n<p><a href="{stage}/dashboard">Go to the dashboard</a></p>'
    return page("Welcome back", body, navigation=navigation)
