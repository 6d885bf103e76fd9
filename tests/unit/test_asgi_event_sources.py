"""An ASGI application behind every event source: the same visits as the plain decorator's handlers get."""

from dataclasses import replace

import flask
import pytest
from a2wsgi import WSGIMiddleware
from flask import Flask
from starlette.responses import Response

from supertokens_lambda.asgi import SessionMiddleware, asgi_handler
from supertokens_lambda.testing.event_sources import ApiGateway

from . import test_event_sources
from .conformance import SESSION, Conformance


class Asgi(Conformance):
    """The visits of `Conformance`, at a guarded application.

    Attributes
    ----------
    client
        Where the visits come from, as the event source tells it.
    """

    client = "192.0.2.1"

    def page(self, *cookies, act=None, status=200, body=None, **headers):
        """Give a handler of a guarded application with an answer of its own, and the visitor's id in its place."""

        async def app(scope, receive, send):
            if act:
                await act.later(scope["supertokens.session"])
            content = body if body is not None else scope["supertokens.session"].get_user_id()
            fields = {"content-type": "text/html"} | headers
            raw = [(name.encode(), value.encode()) for name, value in fields.items()]
            raw += [(b"Set-Cookie", cookie.encode()) for cookie in cookies]
            await send({"type": "http.response.start", "status": status, "headers": raw})
            await send({"type": "http.response.body", "body": content.encode()})

        return asgi_handler(SessionMiddleware(app, guarded=["/"]), lifespan="off")

    @pytest.mark.parametrize(
        ("content", "content_type"),
        [("x" * 1_000_000, "text/csv"), (bytes(range(256)), "image/png"), (b"\xff", "text/html")],
    )
    def test_a_body_and_ten_cookies_go_out_as_they_are(self, browser, refreshed, content, content_type):
        async def app(scope, receive, send):
            response = Response(content, media_type=content_type)
            for number in range(10):
                response.set_cookie(f"c{number}", "v")
            await response(scope, receive, send)

        answer = browser.open(asgi_handler(SessionMiddleware(app, guarded=["/"]), lifespan="off"))

        assert answer.content == (content.encode() if isinstance(content, str) else content)
        assert answer.headers["content-type"].startswith(content_type)
        self.assert_sets(answer, *SESSION, *(f"c{number}" for number in range(10)))

    def test_a_wsgi_application_reads_a_form(self, browser):
        app = Flask("forms")
        app.add_url_rule("/", view_func=lambda: flask.request.form["name"], methods=["POST"])
        handler = asgi_handler(WSGIMiddleware(app), lifespan="off")  # type: ignore[arg-type]  # it annotates a protocol
        headers = {"content-type": "application/x-www-form-urlencoded"}

        answer = browser.open(handler, "/", method="POST", body=b"name=Ada", headers=headers)

        assert answer.content == b"Ada"

    def test_the_application_gets_what_was_sent(self, toolkit, browser):
        toolkit(API_GATEWAY_PATH="/dev")
        if isinstance(self.event_source, ApiGateway) and self.event_source.kind != "function-url":
            browser.event_source = replace(self.event_source, stage="dev")
        seen = []

        async def app(scope, receive, send):
            seen.append(scope | await receive())
            await Response()(scope, receive, send)

        event = browser.event("/dev/caf%C3%A9/x?a=b", method="POST", body=b"\xff\x00", headers={"X-Own": "1"})
        context = object()
        asgi_handler(app, lifespan="off")(event, context)

        (scope,) = seen
        assert (scope["path"], scope["root_path"], scope["raw_path"]) == ("/dev/café/x", "/dev", b"/dev/caf%C3%A9/x")
        assert (scope["query_string"], scope["method"], scope["body"]) == (b"a=b", "POST", b"\xff\x00")
        assert (scope["client"][0], scope["scheme"]) == (self.client, "https")
        assert (b"x-own", b"1") in scope["headers"]
        assert (scope["aws.event"], scope["aws.context"]) == (event, context)

    @pytest.mark.parametrize(
        ("host", "server"), [("a.example", 443), ("a.example:8080", 8080), (f"a:{'9' * 5000}", 443)]
    )
    def test_the_application_gets_a_port_that_can_be_one(self, browser, host, server):
        seen = []

        async def app(scope, receive, send):
            seen.append(scope["server"])
            await Response()(scope, receive, send)

        assert browser.open(asgi_handler(app, lifespan="off"), "/x", headers={"host": host}).status == 200
        assert seen == [(host.partition(":")[0], server)]

    def test_a_path_that_only_begins_like_the_stage_has_no_root_path(self, toolkit, browser):
        toolkit(API_GATEWAY_PATH="/dev")
        seen = []

        async def app(scope, receive, send):
            seen.append((scope["path"], scope["root_path"]))
            await Response()(scope, receive, send)

        for target in ("/development", "/dev"):
            browser.open(asgi_handler(app, lifespan="off"), target)

        assert seen == [("/development", ""), ("/dev/", "/dev")]


# What a handler's own event and answer have to do with, and an ASGI application's have not.
for name in (
    "test_an_answer_with_nothing_to_add_is_not_touched",
    "test_an_answer_without_a_status_means_what_it_meant",
    "test_a_body_in_base64_stays_one",
    "test_a_response_is_given_the_event_sources_shape",
):
    setattr(Asgi, name, None)


class TestHttpApi(Asgi, test_event_sources.TestHttpApi):
    pass


class TestFunctionUrl(Asgi, test_event_sources.TestFunctionUrl):
    pass


class TestRestApi(Asgi, test_event_sources.TestRestApi):
    pass


class TestHttpApi1(Asgi, test_event_sources.TestHttpApi1):
    pass


class TestAlb(Asgi, test_event_sources.TestAlb):
    pass


class TestSingleValueAlb(Asgi, test_event_sources.TestSingleValueAlb):
    pass


class TestLattice(Asgi, test_event_sources.TestLattice):
    pass
