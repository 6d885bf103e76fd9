"""/reports/{proxy+} and /account: a FastAPI application."""

from html import escape
from typing import Annotated

from fastapi import Depends, FastAPI, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.requests import Request

from supertokens_lambda import Session
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of
from supertokens_lambda.fastapi import verify_session


def session_of_request(request: Request) -> Session:
    return session_of(request.scope)


Visitor = Annotated[Session, Depends(session_of_request)]
# A route that is guarded by itself, and asks the core each time.
SureVisitor = Annotated[Session, Depends(verify_session(check_database=True))]

app = FastAPI(openapi_url=None)
# Every path but one that is guarded by itself.
app.add_middleware(SessionMiddleware, public=["/account"])


@app.get("/account")
def account(session: SureVisitor) -> HTMLResponse:
    return HTMLResponse(f"<h1>Account</h1><p>{escape(session.get_user_id())}</p>")


@app.get("/reports/latest")
def latest() -> RedirectResponse:
    return RedirectResponse("/reports/2026", 302)


@app.get("/reports/table.csv")
def table() -> PlainTextResponse:
    return PlainTextResponse("0123456789" * 100_000, media_type="text/csv")


@app.get("/reports/chart.png")
def chart() -> Response:
    return Response(bytes(range(256)), media_type="image/png")


@app.get("/reports/columns")
def columns() -> HTMLResponse:
    response = HTMLResponse("<h1>Columns</h1>")
    for number in range(10):
        response.set_cookie(f"column{number}", "shown")
    return response


@app.api_route("/reports/{name}", methods=["GET", "POST"])
async def report(name: str, session: Visitor) -> HTMLResponse:
    return HTMLResponse(f"<h1>Report {escape(name)}</h1><p>{escape(session.get_user_id())}</p>")


handler = asgi_handler(app)
