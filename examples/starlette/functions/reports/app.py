"""/reports/{proxy+} and /account: a Starlette application."""

from html import escape

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of


async def account(request: Request) -> Response:
    return HTMLResponse(f"<h1>Account</h1><p>{escape(session_of(request.scope).get_user_id())}</p>")


async def latest(request: Request) -> Response:
    return RedirectResponse("/reports/2026", 302)


async def table(request: Request) -> Response:
    return PlainTextResponse("0123456789" * 100_000, media_type="text/csv")


async def chart(request: Request) -> Response:
    return Response(bytes(range(256)), media_type="image/png")


async def columns(request: Request) -> Response:
    response = HTMLResponse("<h1>Columns</h1>")
    for number in range(10):
        response.set_cookie(f"column{number}", "shown")
    return response


async def report(request: Request) -> Response:
    name, user_id = request.path_params["name"], session_of(request.scope).get_user_id()
    return HTMLResponse(f"<h1>Report {escape(name)}</h1><p>{escape(user_id)}</p>")


app = Starlette(
    routes=[
        Route("/account", account),
        Route("/reports/latest", latest),
        Route("/reports/table.csv", table),
        Route("/reports/chart.png", chart),
        Route("/reports/columns", columns),
        Route("/reports/{name}", report, methods=["GET", "POST"]),
    ],
    middleware=[
        Middleware(SessionMiddleware, public=["/account"]),
        # This page, which the first leaves out, asks the core each time.
        Middleware(SessionMiddleware, guarded=["/account"], check_database=True),
    ],
)
handler = asgi_handler(app)
