"""The pages, by Flask: all of them for visitors who are signed in."""

from html import escape

from a2wsgi import WSGIMiddleware
from flask import Flask, Response, request
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings

BODY = """
<p>You are signed in as {user_id}.</p>
<form method="post" action="{sign_in}/sign-out">
<button>Sign out</button>
</form>
"""

flask = Flask(__name__)


@flask.get("/")
def home() -> Response:
    """Greet the visitor."""
    user_id = escape(session_of(request.environ["asgi.scope"]).get_user_id())
    made = page("Welcome", BODY.format(user_id=user_id, sign_in=settings().sign_in_path))
    return Response(made.body, headers=list(made.headers))


pages = WSGIMiddleware(flask)  # type: ignore[arg-type]  # their types of an environ differ
app = SessionMiddleware(pages, public=[])  # the paths that need no session
handler = asgi_handler(app, lifespan="off")
