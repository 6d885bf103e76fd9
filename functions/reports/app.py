"""ANY /reports/{proxy+}: a FastAPI application for visitors who are signed in."""

from html import escape
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from supertokens_lambda import Session
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of
from supertokens_lambda.pages import page


def session(request: Request) -> Session:
    return session_of(request.scope)


app = FastAPI(openapi_url=None)
app.add_middleware(SessionMiddleware, public=[])


@app.get("/reports/{name}")
def report(name: str, visitor: Annotated[Session, Depends(session)]) -> HTMLResponse:
    user_id = escape(visitor.get_user_id())
    made = page(f"Report {name}", f"<p>For the user {user_id}</p>")
    return HTMLResponse(made.body, headers=dict(made.headers))


handler = asgi_handler(app)
