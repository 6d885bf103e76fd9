"""GET /: a page for visitors who are signed in."""

from html import escape
from typing import Any

from supertokens_lambda import Response, Session, verify_session
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings

BODY = """
<p>You are signed in as {user_id}.</p>
<form method="post" action="{sign_in}/sign-out">
<button>Sign out</button>
</form>
"""


@verify_session()
def handler(event: dict[str, Any], context: object, session: Session) -> Response:
    """Greet the visitor."""
    user_id = escape(session.get_user_id())
    return page("Welcome", BODY.format(user_id=user_id, sign_in=settings().sign_in_path))
