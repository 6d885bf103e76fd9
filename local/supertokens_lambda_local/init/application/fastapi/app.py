"""The pages, by FastAPI: all of them for visitors who are signed in."""

from html import escape

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings

BODY = """
<p>You are signed in as {user_id}.</p>
<form method="post" action="{sign_in}/sign-out">
<button>Sign out</button>
</form>
"""

app = FastAPI(openapi_url=None)
app.add_middleware(SessionMiddleware, public=[])  # the paths that need no session


@app.get("/")
def home(request: Request) -> HTMLResponse:
    """Greet the visitor."""
    user_id = escape(session_of(request.scope).get_user_id())
    made = page("Welcome", BODY.format(user_id=user_id, sign_in=settings().sign_in_path))
    return HTMLResponse(made.body, headers=dict(made.headers))


handler = asgi_handler(app)
