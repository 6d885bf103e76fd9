"""Routes of Powertools' resolvers: the same visits as the plain decorator's handlers get."""

import json
from typing import Any, ClassVar

import pytest
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.event_handler import (
    ALBResolver,
    APIGatewayHttpResolver,
    APIGatewayRestResolver,
    LambdaFunctionUrlResolver,
    Response,
    VPCLatticeV2Resolver,
)
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.shared.cookies import Cookie
from supertokens_python.recipe.session.exceptions import raise_unauthorised_exception

from supertokens_lambda import handlers
from supertokens_lambda._http.message import MAX_BODY
from supertokens_lambda._log import LOGGER
from supertokens_lambda.metrics import count_sessions
from supertokens_lambda.pages import page
from supertokens_lambda.powertools import SessionMiddleware, powertools_response

from . import test_event_sources
from .conformance import Conformance

METHODS = ["GET", "HEAD", "POST"]


class Own(Cookie):
    """A cookie of the application's own, as a test has written it."""

    def __init__(self, field: str) -> None:
        super().__init__("own", "")
        self._field = field

    def __str__(self) -> str:
        return self._field


class EventHandler(Conformance):
    """The visits of `Conformance`, at a guarded route."""

    resolver: ClassVar[type[ApiGatewayResolver]]

    def page(self, *cookies, act=None, status=200, body=None, **headers):
        app = self.resolver()
        app.use(middlewares=[SessionMiddleware()])

        @app.route(".+", method=METHODS, cache_control="max-age=600")
        def page():
            if act:
                act.now(app.context["session"])
            content = body if body is not None else app.context["session"].get_user_id()
            own = {"content-type": "text/html"} | headers
            return Response(status, body=content, headers=own, cookies=[Own(cookie) for cookie in cookies])

        return app.resolve

    def test_the_context_is_not_the_next_visitors(self, browser, core):
        app = self.resolver()

        @app.get("/dashboard", middlewares=[SessionMiddleware(session_required=False)])
        def page():
            session = app.context["session"]
            return {"user": session and session.get_user_id()}

        issued = browser.holds(core.session())
        assert browser.open(app.resolve).json() == {"user": issued.user_id}
        browser.cookies.clear()
        assert browser.open(app.resolve).json() == {"user": None}

    def test_a_route_reads_the_form_of_its_request_and_answers_with_a_page(self, browser, core):
        app = self.resolver()

        @app.post("/notes", middlewares=[SessionMiddleware(anti_csrf_check=False)])
        def note():
            return powertools_response(page("Noted", app.context["request"].form()["text"], status=201))

        browser.holds(core.session())
        form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        answer = browser.open(app.resolve, "/notes", method="POST", headers=form, body="text=one")
        longer = browser.open(app.resolve, "/notes", method="POST", headers=form, body=f"text={'x' * MAX_BODY}")

        assert (answer.status, longer.status) == (201, 413)
        assert "one" in answer.body
        assert answer.headers["cache-control"] == "no-store"

    def test_a_route_that_is_not_guarded_is_not(self, browser):
        app = self.resolver()

        @app.get("/about")
        def about():
            return {"open": "session" not in app.context}

        @app.get("/dashboard", middlewares=[SessionMiddleware()])
        def dashboard():
            raise AssertionError

        assert browser.open(app.resolve, "/about").json() == {"open": True}
        assert browser.open(app.resolve, "/dashboard").status == 302

    def test_an_error_of_supertokens_is_answered_and_another_is_the_applications(self, browser, core, toolkit):
        toolkit()
        app = self.resolver()
        app.use(middlewares=[SessionMiddleware()])

        @app.get("/dashboard")
        def ended():
            raise_unauthorised_exception("over")

        @app.get("/broken")
        def broken():
            raise ZeroDivisionError

        @app.exception_handler(ZeroDivisionError)
        def own(error):
            return Response(418, body="mine")

        browser.holds(core.session())
        assert browser.open(app.resolve, "/broken").status == 418
        answer = browser.open(app.resolve, "/dashboard", page=False)
        assert (answer.status, answer.json()) == (401, {"message": "unauthorised"})


# What is of a handler's own event and answer, which a route has not; the resolver reads an event before any middleware.
for name in (
    "test_a_malformed_event_does_not_reach_the_function",
    "test_an_answer_with_nothing_to_add_is_not_touched",
    "test_an_answer_without_a_status_means_what_it_meant",
    "test_a_body_in_base64_stays_one",
    "test_a_response_is_given_the_event_sources_shape",
):
    setattr(EventHandler, name, None)


class TestHttpApi(EventHandler, test_event_sources.TestHttpApi):
    resolver = APIGatewayHttpResolver


class TestFunctionUrl(EventHandler, test_event_sources.TestFunctionUrl):
    resolver = LambdaFunctionUrlResolver


class TestRestApi(EventHandler, test_event_sources.TestRestApi):
    resolver = APIGatewayRestResolver


class TestHttpApi1(EventHandler, test_event_sources.TestHttpApi1):
    resolver = APIGatewayRestResolver


class TestAlb(EventHandler, test_event_sources.TestAlb):
    resolver = ALBResolver


class TestSingleValueAlb(EventHandler, test_event_sources.TestSingleValueAlb):
    resolver = ALBResolver


def test_vpc_lattice_is_refused_since_no_cookie_would_go_out(browser):
    browser.event_source = test_event_sources.LATTICE
    app = VPCLatticeV2Resolver()
    app.use(middlewares=[SessionMiddleware()])
    app.get("/dashboard")(dict)

    with pytest.raises(NotImplementedError, match="VPC Lattice"):
        browser.open(app.resolve)


class TestMetrics:
    @pytest.fixture
    def metrics(self, monkeypatch):
        monkeypatch.setattr(LOGGER, "handlers", [])
        metrics = Metrics(namespace="app", service="pages")
        count_sessions(metrics)
        yield metrics
        metrics.clear_metrics()

    def test_count_what_sessions_come_to(self, metrics, browser, core, capsys):
        app = APIGatewayHttpResolver()
        app.use(middlewares=[SessionMiddleware()])

        @app.get("/dashboard")
        def page():
            return {}

        @metrics.log_metrics
        def handler(event, context):
            return app.resolve(event, context)

        browser.holds(core.expired_session())
        browser.open(handlers.auth, "/auth/session/refresh?redirectBack=/dashboard")
        browser.open(handler)
        browser.open(handler)

        sent = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [counts(blob) for blob in sent] == [
            {"SessionsRefreshed": [1.0], "SessionsVerified": [1.0]},
            {"SessionsVerified": [1.0]},
        ]

    def test_hold_nothing_of_the_visitor(self, metrics, browser, core, capsys):
        issued = browser.holds(core.session())
        app = APIGatewayHttpResolver()
        app.use(middlewares=[SessionMiddleware()])
        app.get("/dashboard")(dict)

        browser.open(metrics.log_metrics(app.resolve))

        sent = capsys.readouterr().out
        assert "SessionsVerified" in sent
        assert issued.user_id not in sent


def counts(blob: dict[str, Any]) -> dict[str, list[float]]:
    named = [metric["Name"] for metric in blob["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    return {name: blob[name] for name in named}
