"""GET /: a page that knows a visitor who is signed in, and welcomes everybody."""

from typing import Any

from supertokens_lambda import Session, verify_session
from supertokens_lambda.html import page
from supertokens_lambda.http.message import Response


@verify_session(session_required=False)
def handler(event: dict[str, Any], context: object, session: Session | None) -> Response:
    if session is None:
        return page("Welcome", '<p>You are not signed in.</p>\n<p><a href="/auth">Sign in</a></p>')
    return page("Welcome back", '<p>You are signed in.</p>\n<p><a href="/dashboard">Go to the dashboard</a></p>')
