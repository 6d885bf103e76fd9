import io
from pathlib import Path

from supertokens_lambda_local.gateway.console import Console
from supertokens_lambda_local.gateway.outcome import ColdStart, FunctionError, Verdict
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.template.api_model import Route
from supertokens_lambda_local.template.model import Application, Function, Omission


def shown(write):
    stream = io.StringIO()
    write(Console(stream))
    return stream.getvalue()


def test_a_request_is_one_line_without_the_values_of_its_query():
    request = HttpRequest(
        "GET", "/dashboard", "token=secret", (("cookie", "secret"), ("authorization", "secret")), b"secret"
    )
    verdict = Verdict("try-refresh", "token-expired")
    text = shown(lambda console: console.request(request, 302, 12, "Dashboard", verdict))
    assert text == "GET /dashboard?… 302 12 ms  Dashboard  try-refresh: token-expired\n"


def test_a_request_that_waited_for_processes_to_start():
    starts = (ColdStart("Guard", 40), ColdStart("Page", 600))
    text = shown(lambda console: console.details(["said"], cold_starts=starts))
    assert text == "    said\n    cold start of Guard: 40 ms\n    cold start of Page: 600 ms\n"


def test_a_request_that_no_function_saw():
    text = shown(lambda console: console.request(HttpRequest("GET", "/x"), 404, 1))
    assert text == "GET /x 404 1 ms\n"


def test_nothing_reaches_the_terminal_but_text():
    text = shown(lambda console: console.details(["\x1b[31mred\x07", "tab\tbed", "\u202eleft", "line\u2028two"]))
    assert text == "    \ufffd[31mred\ufffd\n    tab     bed\n    \ufffdleft\n    line\ufffdtwo\n"
    assert "\x1b" not in shown(lambda console: console.request(HttpRequest("GET", "/\x1b[2J"), 404, 1))


def test_an_error_is_shown_with_its_traceback():
    error = FunctionError("ValueError", "one\ntwo", "Traceback\n  File\n")
    text = shown(lambda console: console.details(["said"], error))
    assert text == "    said\n    ValueError: one\n    Traceback\n      File\n"


def test_what_an_application_is():
    functions = tuple(Function(name, Path("/code"), "app.handler") for name in ("Home", "Auth"))
    routes = (
        Route("GET", "/", "http-api-2.0", "$default", "Home"),
        Route("ANY", "/auth/{proxy+}", "rest-api", "Prod", "Auth"),
        Route("ANY", "$default", "function-url", "$default", "Home"),
    )
    omissions = (
        Omission("TABLE", "Table has no value on this machine", ("Home", "Auth")),
        Omission("KEY", "it is kept in Secrets Manager", ("Auth",)),
        Omission("SUPERTOKENS_CONNECTION_URI", "the parameter Core has no default", ("Home", "Auth")),
    )
    application = Application(functions, routes, omissions)
    assert shown(lambda console: console.application(application, {"SUPERTOKENS_CONNECTION_URI": "given"})) == (
        "  GET /                      Home  (http-api-2.0, stage $default)\n"
        "  ANY /Prod/auth/{proxy+}    Auth  (rest-api, stage Prod)\n"
        "  home.lambda-url.localhost  Home  (function-url, stage $default)\n"
        "Left out: TABLE, since Table has no value on this machine\n"
        "Left out: KEY, since it is kept in Secrets Manager (Auth)\n"
    )
