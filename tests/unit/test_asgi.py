"""The middleware under a web server and by itself: what no event source's visit shows."""

import asyncio
import gc
import logging
import threading
from typing import Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import PlainTextResponse
from starlette.requests import Request
from tests.support.answer import CALL, NAVIGATION

from supertokens_lambda import handlers
from supertokens_lambda._event_loop import kept_loop
from supertokens_lambda._runtime import current
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler, session_of
from supertokens_lambda.asgi._guarded_request import GuardedRequest
from supertokens_lambda.fastapi import verify_session

from .conformance import REFRESH

PAGE = "/reports/2026"


async def page(scope, receive, send):
    """Say who was seen where, and on which thread."""
    session = scope.get("supertokens.session")
    await PlainTextResponse(session.get_user_id() if session else "nobody")(scope, receive, send)


async def nothing(*_) -> Any:
    raise AssertionError("nothing is received, and nothing is sent")


def client_of(app, **options):
    transport = httpx.ASGITransport(app, **options)
    return httpx.AsyncClient(transport=transport, base_url="https://localhost", headers=NAVIGATION)


def visit(app, target=PAGE, **more):
    async def get():
        async with client_of(app) as client:
            return await client.get(target, **more)

    return asyncio.run(get())


def cookie(issued):
    return {"cookie": f"sAccessToken={issued.access_token}"}


@pytest.fixture(autouse=True)
def started(toolkit):
    return toolkit


class TestPaths:
    @pytest.mark.parametrize(
        "path", ["/reports", "/reports/", "/reports/a/b", "/r%65ports/a", "/reports%2Fa", "/Reports", "/.//reports"]
    )
    def test_a_guarded_path_and_all_below_it_is_refused(self, path):
        assert visit(SessionMiddleware(page, guarded=["/reports/"]), path).status_code == 302

    @pytest.mark.parametrize("path", ["/", "/reportsandmore", "/a/reports", "/report", "/reports.pdf", "/reports-2026"])
    def test_others_are_not(self, path):
        answer = visit(SessionMiddleware(page, guarded=["/reports"]), path)

        assert (answer.status_code, answer.text) == (200, "nobody")

    def test_a_function_decides(self):
        app = SessionMiddleware(page, guarded=lambda path: path.endswith(".pdf"))

        assert [visit(app, path).status_code for path in ("/a.pdf", "/a%2Epdf", "/A.PDF", "/a.pdf/", "/a")] == [
            *[302] * 4,
            200,
        ]

    def test_the_path_is_the_one_below_the_root_path(self):
        async def below_a_root(scope, receive, send):
            await SessionMiddleware(page, guarded=["/reports"])(scope | {"root_path": "/dev"}, receive, send)

        assert visit(below_a_root, "/dev/reports").status_code == 302
        assert visit(below_a_root, "/reports").status_code == 302
        # a2wsgi cuts the root path off within a segment, and Flask adds the slash.
        assert visit(below_a_root, "/devreports").status_code == 302
        assert visit(below_a_root, "/devices").status_code == 200

    def test_the_way_back_is_what_the_browser_sent(self):
        answer = visit(SessionMiddleware(page, guarded=["/"]), "/caf%C3%A9/a%20b?x=%7E&y")

        assert answer.headers["location"] == "/refresh-session?redirectBack=/caf%25C3%25A9/a%2520b%3Fx%3D%257E%26y"


class TestOtherConnections:
    def test_a_websocket_at_a_guarded_path_is_refused(self):
        reached, sent = [], []

        async def app(scope, receive, send):
            reached.append(scope["path"])

        async def send(message):
            sent.append(message)

        guarded = SessionMiddleware(app, guarded=["/reports"])
        for path in ("/reports/live", "/live"):
            asyncio.run(guarded({"type": "websocket", "path": path}, nothing, send))

        assert reached == ["/live"]
        assert sent == [{"type": "websocket.close", "code": 1008}]

    def test_a_lifespan_passes(self):
        seen = []

        async def app(scope, receive, send):
            seen.append(scope["type"])

        asyncio.run(SessionMiddleware(app, guarded=["/"])({"type": "lifespan"}, nothing, nothing))
        assert seen == ["lifespan"]


class TestThreads:
    @pytest.fixture
    def threads(self, monkeypatch):
        """Give the threads that the guard is asked on."""
        found = []
        guard = current().guard
        admit = guard.admit

        def admit_here(*given):
            found.append(threading.current_thread())
            return admit(*given)

        monkeypatch.setattr(guard, "admit", admit_here)
        return found

    def test_under_a_server_the_guard_holds_nobody_up(self, core, threads):
        issued = core.session()

        assert visit(SessionMiddleware(page, guarded=["/"]), headers=cookie(issued)).text == issued.user_id
        assert threads[0] is not threading.main_thread()

    def test_in_a_functions_instance_it_needs_no_thread(self, browser, core, threads):
        issued = browser.holds(core.session())

        assert browser.open(asgi_handler(SessionMiddleware(page, guarded=["/"]), lifespan="off")).body == issued.user_id
        assert threads == [threading.main_thread()]

    @pytest.mark.parametrize("by", ["server", "lambda"])
    def test_the_sdk_verifies_too(self, toolkit, browser, core, by):
        toolkit(VERIFY_WITH_SDK="true")
        issued = browser.holds(core.session())
        app = SessionMiddleware(page, guarded=["/"])

        if by == "server":
            assert visit(app, headers=cookie(issued)).text == issued.user_id
        else:
            assert browser.open(asgi_handler(app, lifespan="off")).body == issued.user_id

    def test_ten_at_once_get_their_own_sessions(self, core):
        sessions = [core.session() for _ in range(10)]

        async def all_at_once():
            async with client_of(SessionMiddleware(page, guarded=["/"])) as client:
                return await asyncio.gather(*(client.get(PAGE, headers=cookie(one)) for one in sessions))

        assert [answer.text for answer in asyncio.run(all_at_once())] == [one.user_id for one in sessions]


class TestWhatTheApplicationDoes:
    def test_a_session_that_it_ends_is_cleared(self, browser, core):
        async def ends(scope, receive, send):
            await session_of(scope).sdk().revoke_session()
            await PlainTextResponse("bye", headers={"cache-control": "max-age=60"})(scope, receive, send)

        issued = browser.holds(core.session())
        answer = browser.open(asgi_handler(SessionMiddleware(ends, guarded=["/"]), lifespan="off"))

        assert (answer.body, answer.headers["front-token"], answer.headers["cache-control"]) == (
            "bye",
            "remove",
            "no-store",
        )
        assert answer.clears("sAccessToken")
        assert not core.has(issued.handle)

    def test_its_own_error_is_its_own(self, core):
        async def fails(scope, receive, send):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            visit(SessionMiddleware(fails, guarded=["/"]), headers=cookie(core.session()))

    def test_supertokens_error_that_it_lets_through_is_answered(self, core):
        async def wants_more(scope, receive, send):
            from supertokens_python.recipe.session.exceptions import TryRefreshTokenError

            session_of(scope).sdk()
            raise TryRefreshTokenError("again")

        app = SessionMiddleware(wants_more, guarded=["/"])

        assert visit(app, headers=cookie(core.session())).status_code == 302
        assert visit(app, headers=cookie(core.session()) | CALL).json() == {"message": "try refresh token"}

    def test_a_refusal_of_a_view_is_no_error_where_the_application_handles_all_errors(self):
        app = FastAPI()

        @app.exception_handler(Exception)
        def handled(_request, error):
            return PlainTextResponse(type(error).__name__, 500)

        @app.get(PAGE, dependencies=[Depends(verify_session())])
        def view():
            raise AssertionError("nobody is signed in")

        answer = visit(SessionMiddleware(app, guarded=[]))

        assert (answer.status_code, answer.text) == (302, "")

    def test_a_view_without_the_middleware_shows_nothing(self):
        with pytest.raises(LookupError, match="SessionMiddleware"):
            GuardedRequest.of({"type": "http"}).admit(VerifyOptions())
        with pytest.raises(LookupError, match="guard its path"):
            session_of({"type": "http"})

    def test_a_lifespan_is_begun_once_and_its_state_is_each_requests_own(self, browser):
        begun, ended = [], []

        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                begun.append(await receive())
                scope["state"]["of"] = "the instance"
                await send({"type": "lifespan.startup.complete"})
                try:
                    await receive()
                finally:
                    ended.append(scope["state"]["of"])
                return
            scope["state"]["seen"] = scope["state"].get("seen", 0) + 1
            await PlainTextResponse(f"{scope['state']}")(scope, receive, send)

        handler = asgi_handler(app)

        for _ in range(2):
            gc.collect()
            assert browser.open(handler).body == "{'of': 'the instance', 'seen': 1}"
        assert (begun, ended) == ([{"type": "lifespan.startup"}], [])

        for task in asyncio.all_tasks(kept_loop()):
            task.cancel()
        kept_loop().run_until_complete(asyncio.sleep(0))


class TestWhatTheApplicationGets:
    @pytest.mark.parametrize(
        ("forwarded", "scheme"),
        [
            ({}, "https"),
            ({"x-forwarded-proto": "http"}, "http"),
            ({"x-forwarded-proto": "https, https"}, "https"),
            ({"x-forwarded-proto": "HTTP , https"}, "http"),
            ({"x-forwarded-proto": "javascript"}, "https"),
            ({"x-forwarded-proto": "http", "cloudfront-forwarded-proto": "https"}, "https"),
        ],
    )
    def test_one_scheme(self, browser, forwarded, scheme):
        async def app(scope, receive, send):
            await PlainTextResponse(scope["scheme"])(scope, receive, send)

        event = browser.event("/") | {"headers": {"host": "app.example.com"} | forwarded}

        assert asgi_handler(app, lifespan="off")(event, None)["body"] == scheme


class TestTheLog:
    @pytest.fixture(autouse=True)
    def level(self):
        """Leave Mangum's logger as it was."""
        mangum = logging.getLogger("mangum.http")
        before, mangum.level = mangum.level, logging.NOTSET
        yield mangum
        mangum.setLevel(before)

    def test_holds_no_path(self, browser, caplog):
        caplog.set_level(logging.INFO)

        browser.open(asgi_handler(page, lifespan="off"), "/reset/one-time-code%0Averified:")

        assert "one-time-code" not in caplog.text

    def test_is_what_somebody_has_asked_for(self, level):
        level.setLevel(logging.DEBUG)
        asgi_handler(page, lifespan="off")

        assert level.level == logging.DEBUG


class TestBesideSuperTokensOwnMiddleware:
    """One application of FastAPI's that has SuperTokens' middleware for `/auth`, and this one for its pages."""

    @pytest.fixture
    def handler(self):
        from supertokens_python.framework.fastapi import get_middleware

        current().sdk.start()
        app = FastAPI()
        app.add_middleware(SessionMiddleware, guarded=["/dashboard"])
        app.add_middleware(get_middleware())

        @app.get("/dashboard")
        async def dashboard(request: Request) -> PlainTextResponse:
            return PlainTextResponse(session_of(request.scope).get_user_id())

        return asgi_handler(app, lifespan="off")

    def test_both_live_together(self, browser, handler, clock):
        fields = [{"id": "email", "value": "both@example.com"}, {"id": "password", "value": "correct-horse-1"}]
        assert browser.open(handler).status == 302

        user = browser.call(handler, "/auth/signup", {"formFields": fields}).json()["user"]["id"]
        assert browser.open(handler).body == user

        assert browser.call(handler, "/auth/signout", {}).headers["front-token"] == "remove"
        assert browser.open(handler).status == 302
        assert browser.call(handler, "/auth/signin", {"formFields": fields}).sets("sAccessToken")

        clock.forward(3601)
        assert browser.open(handler).location == "/refresh-session?redirectBack=/dashboard"
        assert browser.call(handler, "/auth/session/refresh", {}).sets("sAccessToken")
        assert browser.open(handler).body == user

        clock.forward(3601)
        assert browser.open(handlers.auth, REFRESH).location == "/dashboard"
        assert browser.open(handler).body == user
