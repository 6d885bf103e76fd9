"""A CORS preflight reaches the application's CORS, wherever that is, and runs no view that needs a session."""

import asyncio
import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, CORSConfig, Response
from starlette.middleware.cors import CORSMiddleware

from supertokens_lambda import verify_session
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler
from supertokens_lambda.powertools import SessionMiddleware as PowertoolsMiddleware

from .spellings import MARKER, SUBJECTS, ask, django_within, make, scope_of

ORIGIN = "https://app.example.com"
PREFLIGHT = {"origin": ORIGIN, "access-control-request-method": "POST"}
HEADERS = [(name.encode(), value.encode()) for name, value in PREFLIGHT.items()]
CORS: dict[str, Any] = {"allow_origins": [ORIGIN], "allow_methods": ["POST"], "allow_credentials": True}


@pytest.fixture(autouse=True)
def started(toolkit):
    return toolkit


@pytest.fixture
def ran():
    """Collect what has run that needs a session."""
    return []


def preflight(app, path="/account", **more):
    return asyncio.run(ask(app, scope_of(path, method="OPTIONS", headers=HEADERS) | more))


def allowed(answer):
    return [value.decode() for name, value in answer.headers if name.lower() == b"access-control-allow-origin"]


class Unknown:
    """A wrapper that does not say what it wraps."""

    def __init__(self, wrapped):
        self._wrapped = wrapped

    async def __call__(self, scope, receive, send):
        await self._wrapped(scope, receive, send)


def starlette(ran, *middleware):
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def view(request):
        ran.append(request.method)
        return PlainTextResponse(MARKER)

    routes = [Route("/account", view, methods=["GET", "OPTIONS"]), Route("/about", view, methods=["GET", "OPTIONS"])]
    return Starlette(routes=routes, middleware=[Middleware(kind, **options) for kind, options in middleware])


SESSION = (SessionMiddleware, {"guarded": ["/account"]})
STARLETTES = {
    "inside": lambda ran: starlette(ran, SESSION, (CORSMiddleware, CORS)),
    "outside": lambda ran: starlette(ran, (CORSMiddleware, CORS), SESSION),
    "in the application": lambda ran: SessionMiddleware(starlette(ran, (CORSMiddleware, CORS)), guarded=["/account"]),
    "in it, all but public": lambda ran: SessionMiddleware(starlette(ran, (CORSMiddleware, CORS)), public=["/"]),
    "around the application": lambda ran: SessionMiddleware(
        CORSMiddleware(starlette(ran), **CORS), guarded=["/account"]
    ),
    "below another": lambda ran: SessionMiddleware(
        SessionMiddleware(CORSMiddleware(starlette(ran), **CORS), guarded=["/account"]), guarded=["/account"]
    ),
}


class TestStarlette:
    @pytest.mark.parametrize("place", STARLETTES)
    def test_cors_answers(self, place, ran):
        answer = preflight(STARLETTES[place](ran))

        assert (answer.status, allowed(answer), answer.body) in ((200, [ORIGIN], b""), (200, [ORIGIN], b"OK"))
        assert ran == []

    @pytest.mark.parametrize("place", STARLETTES)
    def test_a_foreign_origin_is_refused_by_it(self, place, ran):
        foreign = [(b"origin", b"https://evil.example"), HEADERS[1]]
        answer = preflight(STARLETTES[place](ran), headers=foreign)

        assert (answer.status, allowed(answer)) == (400, [])
        assert ran == []

    def test_fastapi_is_the_same(self, ran):
        for order in ((SESSION, (CORSMiddleware, CORS)), ((CORSMiddleware, CORS), SESSION)):
            app = make("FastAPI")
            for kind, options in order:
                app.add_middleware(kind, **options)

            answer = preflight(app)

            assert (answer.status, allowed(answer), answer.is_open) == (200, [ORIGIN], False)

    def test_without_cors_nothing_runs(self, ran):
        answer = preflight(SessionMiddleware(starlette(ran), guarded=["/account"]))

        assert (answer.status, allowed(answer), answer.body) == (204, [], b"")
        assert ran == []

    def test_nor_does_anything_before_cors_that_could_hide_it(self, ran):
        app = SessionMiddleware(Unknown(CORSMiddleware(starlette(ran), **CORS)), guarded=["/account"])

        assert (preflight(app).status, ran) == (204, [])

    def test_nor_behind_a_class_with_a_call_of_its_own(self, ran):
        class Lenient(CORSMiddleware):
            async def __call__(self, scope, receive, send):
                await self.app(scope, receive, send)

        for app in (Lenient(starlette(ran), **CORS), starlette(ran, (Lenient, CORS))):
            assert (preflight(SessionMiddleware(app, guarded=["/account"])).status, ran) == (204, [])

    def test_content_never_goes_out(self, ran):
        class Chatty:
            def __init__(self, app):
                self.app = app

            async def __call__(self, scope, receive, send):
                headers = [
                    (b"x-secret", b"1"),
                    (b"set-cookie", b"a=b"),
                    (b"content-length", b"9"),
                    (b"Vary", b"Origin"),
                ]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": MARKER.encode(), "more_body": True})
                await send({"type": "http.response.body", "body": b"!"})

        answer = preflight(SessionMiddleware(Chatty(CORSMiddleware(starlette(ran), **CORS)), guarded=["/account"]))

        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers == [(b"Vary", b"Origin"), (b"content-length", b"0")]

    @pytest.mark.parametrize(
        "other",
        [
            {"headers": HEADERS[:1]},
            {"headers": HEADERS[1:]},
            {"headers": []},
            {"headers": [(name.title(), value) for name, value in HEADERS]},
            {"method": "options"},
            {"method": "POST"},
        ],
    )
    def test_what_is_none_runs_nothing(self, ran, other):
        for place in STARLETTES.values():
            assert preflight(place(ran), **other).status in (204, 302, 400, 401, 405), other
        assert ran == []

    def test_other_paths_are_the_applications_own(self, ran):
        answer = preflight(SessionMiddleware(starlette(ran), guarded=["/account"]), "/about")

        assert (answer.is_open, ran) == (True, ["OPTIONS"])

    def test_so_is_a_page_that_does_without_a_session(self, ran):
        app = SessionMiddleware(starlette(ran), guarded=["/account"], session_required=False)

        assert (preflight(app).is_open, ran) == (True, ["OPTIONS"])


class TestFastapisDependency:
    def test_runs_no_route(self, ran):
        from fastapi import Depends, FastAPI

        from supertokens_lambda.fastapi import verify_session as dependency

        app = FastAPI(openapi_url=None)
        app.add_middleware(SessionMiddleware, guarded=[])

        @app.api_route("/account", methods=["GET", "OPTIONS"], dependencies=[Depends(dependency())])
        def account():
            ran.append("account")

        answer = preflight(app)
        assert (answer.status, answer.body, ran) == (204, b"", [])
        assert allowed(preflight(CORSMiddleware(app, **CORS))) == [ORIGIN]
        assert ran == []


class _Decorating:
    """Django middleware that adds CORS headers to whatever a view answers, as in many a tutorial."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Access-Control-Allow-Origin"] = ORIGIN
        return response


DJANGOS = {
    "django-cors-headers": {
        "MIDDLEWARE": ["corsheaders.middleware.CorsMiddleware"],
        "CORS_ALLOWED_ORIGINS": [ORIGIN],
    },
    "headers on every answer": {"MIDDLEWARE": [f"{__name__}._Decorating"]},
}


class TestDjango:
    @pytest.fixture
    def urls(self, ran):
        from django.http import HttpResponse
        from django.urls import path

        from supertokens_lambda.django import verify_session as decorator

        def view(request):
            ran.append(request.method)
            return HttpResponse(MARKER)

        @decorator()
        def decorated(request, session):
            return view(request)

        @decorator()
        async def decorated_async(request, session):
            return view(request)

        class Urls:
            urlpatterns = (
                path("account", view),
                path("decorated", decorated),
                path("decorated-async", decorated_async),
                path("about", view),
            )

        return Urls

    @pytest.mark.parametrize("cors", DJANGOS)
    @pytest.mark.parametrize(
        ("path", "guarded"),
        [
            ("/account", ["/account"]),
            ("/decorated", []),
            ("/decorated", ["/decorated"]),
            ("/decorated-async", []),
            ("/decorated-async", ["/"]),
        ],
    )
    def test_cors_answers(self, urls, ran, cors, path, guarded):
        with django_within(ROOT_URLCONF=urls, **DJANGOS[cors]):
            answer = preflight(SessionMiddleware(make("Django"), guarded=guarded), path)

        assert (answer.status, allowed(answer), answer.body) in ((200, [ORIGIN], b""), (204, [ORIGIN], b""))
        assert ran == []

    def test_without_cors_nothing_runs(self, urls, ran):
        with django_within(ROOT_URLCONF=urls, MIDDLEWARE=[]):
            app = SessionMiddleware(make("Django"), guarded=["/account"])
            answers = [preflight(app, path) for path in ("/account", "/decorated", "/account", "/account%0A")]
            other = preflight(app, "/about")

        assert [(answer.status, allowed(answer), answer.body) for answer in answers[:3]] == [(204, [], b"")] * 3
        assert not answers[3].is_open
        assert (other.is_open, ran) == (True, ["OPTIONS"])


class TestFlaskAndQuart:
    @pytest.mark.parametrize("name", ["Flask", "Quart"])
    def test_cors_answers(self, name):
        app = make(name)
        if name == "Flask":
            import flask_cors

            flask_cors.CORS(app.app, origins=[ORIGIN])
        else:

            @app.after_request
            def add(response):
                response.headers["Access-Control-Allow-Origin"] = ORIGIN
                return response

        guarded = SessionMiddleware(app, guarded=["/account"])
        for _ in range(2):
            answer = preflight(guarded)
            assert (answer.status, allowed(answer), answer.is_open) == (204, [ORIGIN], False)

    @pytest.mark.parametrize("name", ["Flask", "Quart"])
    def test_without_cors_nothing_runs(self, name):
        app = SessionMiddleware(make(name), guarded=["/account"])

        assert (preflight(app).status, preflight(app).body) == (204, b"")
        assert asyncio.run(ask(app, scope_of("/about"))).status == 200

    @pytest.mark.parametrize("name", ["Flask", "Quart"])
    def test_a_page_that_does_without_a_session_is_asked(self, name):
        app = SessionMiddleware(make(name), guarded=["/account"], session_required=False)

        assert preflight(app).is_open

    def test_a_flask_behind_an_unknown_adapter_gets_none(self):
        app = make("Flask")

        assert preflight(SessionMiddleware(Unknown(app), guarded=["/account"])).status == 204


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_framework_shows_what_is_for_members(name, tmp_path):
    with SUBJECTS[name].within():
        app = make(name, tmp_path)
        root_path = SUBJECTS[name].root_path
        for guarded in (
            SessionMiddleware(app, guarded=["/account"]),
            SessionMiddleware(app, public=["/"]),
            CORSMiddleware(SessionMiddleware(app, public=["/"]), **CORS),
            SessionMiddleware(CORSMiddleware(app, **CORS), public=["/"]),
        ):
            scope = scope_of("/account", method="OPTIONS", root_path=root_path, headers=HEADERS)
            answer = asyncio.run(ask(guarded, scope))

            assert not answer.is_open
            assert answer.status in (200, 204)


class TestHandlers:
    """What Lambda calls itself."""

    def test_the_decorator_runs_no_handler(self, browser, core, ran, records):
        @verify_session()
        def handler(event, context, session):
            ran.append(event)
            return {"statusCode": 200, "body": MARKER}

        answer = browser.open(handler, method="OPTIONS", headers=PREFLIGHT, page=False)

        assert (answer.status, answer.content, answer.headers["cache-control"]) == (204, b"", "no-store")
        assert not answer.cookies
        assert records.outcomes == [("preflight", "cors-preflight")]
        # Browsers send none, and whoever does gets no more.
        browser.holds(core.session())
        assert browser.open(handler, method="OPTIONS", headers=PREFLIGHT, page=False).status == 204
        assert ran == []

    def test_other_options_are_as_any_call(self, browser, core):
        @verify_session()
        def handler(event, context, session):
            return {"statusCode": 200, "body": MARKER}

        assert browser.open(handler, method="OPTIONS", page=False).status == 401
        browser.holds(core.session())
        assert browser.open(handler, method="OPTIONS", page=False).body == MARKER

    def test_a_handler_that_does_without_a_session_answers_itself(self, browser):
        @verify_session(session_required=False)
        def handler(event, context, session):
            return {"statusCode": 204, "headers": {"access-control-allow-origin": ORIGIN}}

        answer = browser.open(handler, method="OPTIONS", headers=PREFLIGHT, page=False)

        assert answer.headers["access-control-allow-origin"] == ORIGIN

    def test_an_asgi_application_gets_it_too(self, browser, ran):
        handler = asgi_handler(STARLETTES["inside"](ran), lifespan="off")

        answer = browser.open(handler, "/account", method="OPTIONS", headers=PREFLIGHT, page=False)

        assert (answer.status, answer.headers["access-control-allow-origin"], ran) == (200, ORIGIN, [])


class TestPowertools:
    @pytest.mark.parametrize("options", [True, False], ids=["with a route for OPTIONS", "without"])
    def test_the_resolvers_cors_answers(self, browser, ran, options):
        app = APIGatewayHttpResolver(cors=CORSConfig(allow_origin=ORIGIN))
        app.use(middlewares=[PowertoolsMiddleware()])

        @app.route("/account", method=["POST", "OPTIONS"] if options else ["POST"])
        def account():
            ran.append("account")
            return Response(200, body=MARKER)

        answer = browser.open(app.resolve, "/account", method="OPTIONS", headers=PREFLIGHT, page=False)

        assert (answer.status, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["access-control-allow-methods"] == "OPTIONS,POST"
        assert ran == []

    def test_it_is_answered_as_without_the_middleware(self, browser):
        answers = []
        with_and_without: list[list[Any]] = [[], [PowertoolsMiddleware()]]
        for middlewares in with_and_without:
            app = APIGatewayHttpResolver(cors=CORSConfig(allow_origin=ORIGIN, allow_credentials=True, max_age=60))
            app.use(middlewares=middlewares)
            app.post("/account")(dict)
            answer = browser.open(app.resolve, "/account", method="OPTIONS", headers=PREFLIGHT, page=False)
            kept = {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}
            answers.append((answer.status, answer.content, kept))

        assert answers[0] == answers[1]
        assert json.dumps(answers[0][2]).count(ORIGIN) == 1

    def test_without_cors_nothing_runs(self, browser, ran):
        app = APIGatewayHttpResolver()
        app.use(middlewares=[PowertoolsMiddleware()])

        @app.route("/account", method=["POST", "OPTIONS"])
        def account():
            ran.append("account")

        answer = browser.open(app.resolve, "/account", method="OPTIONS", headers=PREFLIGHT, page=False)

        assert (answer.status, answer.content, ran) == (204, b"", [])
        assert not [name for name in answer.headers if name.startswith("access-control-")]
