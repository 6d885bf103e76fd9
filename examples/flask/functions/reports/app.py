"""/reports/{proxy+} and /account: a Flask application, through a2wsgi."""

from html import escape

from a2wsgi import WSGIMiddleware
from flask import Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of

flask = Flask(__name__)


@flask.before_request
def take_session() -> None:
    g.session = session_of(request.environ["asgi.scope"])


@flask.get("/account")
def account() -> str:
    return f"<h1>Account</h1><p>{escape(g.session.get_user_id())}</p>"


@flask.get("/reports/latest")
def latest() -> AnyResponse:
    return redirect("/reports/2026", 302)


@flask.get("/reports/table.csv")
def table() -> Response:
    return Response("0123456789" * 100_000, content_type="text/csv; charset=utf-8")


@flask.get("/reports/chart.png")
def chart() -> Response:
    return Response(bytes(range(256)), content_type="image/png")


@flask.get("/reports/columns")
def columns() -> Response:
    response = Response("<h1>Columns</h1>")
    for number in range(10):
        response.set_cookie(f"column{number}", "shown")
    return response


@flask.route("/reports/<name>", methods=["GET", "POST"])
def report(name: str) -> str:
    return f"<h1>Report {escape(name)}</h1><p>{escape(g.session.get_user_id())}</p>"


reports = WSGIMiddleware(flask)  # type: ignore[arg-type]  # the two packages have different types for an environ
app = SessionMiddleware(reports, public=["/account"])
# This page, which the first leaves out, asks the core each time.
app = SessionMiddleware(app, guarded=["/account"], check_database=True)
handler = asgi_handler(app, lifespan="off")
