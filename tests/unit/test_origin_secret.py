"""Requests that did not pass CloudFront, at every event source and entry point."""

import json

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from tests.support.event_sources import EVENT_SOURCES

from supertokens_lambda import handlers, powertools, verify_session
from supertokens_lambda.asgi import SessionMiddleware, asgi_handler
from supertokens_lambda.testing.visits import Visit

SECRET = "0123456789-a-secret-of-a-test"


@verify_session(session_required=False)
def page(event, context, session):
    return {"statusCode": 200, "body": "a page"}


def resolver():
    app = APIGatewayHttpResolver()
    app.use(middlewares=[powertools.SessionMiddleware(session_required=False)])
    app.get("/page")(lambda: "a page")
    return app.resolve


def asgi():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a page"})

    return asgi_handler(SessionMiddleware(app, public=["/page"]))


def answer(handler, event_source, *secrets):
    headers = tuple(("X-Origin-Secret", secret) for secret in secrets)
    return event_source.seen(handler(event_source.event(Visit("GET", "/page", headers=headers)), None))


@pytest.fixture(autouse=True)
def with_secret(toolkit):
    toolkit(ORIGIN_SECRET=SECRET)


@pytest.mark.parametrize("place", EVENT_SOURCES.values(), ids=EVENT_SOURCES)
@pytest.mark.parametrize("secrets", [(), ("",), (SECRET[:-1],), (SECRET.upper(),), (f"{SECRET} ä",)], ids=repr)
def test_a_request_without_the_secret_is_refused(place, secrets, records):
    seen = answer(page, place.event_source, *secrets)

    assert (seen.status, json.loads(seen.body)) == (403, {"message": "use the public address of this site"})
    assert records.outcomes == [("bad-request", "origin-secret-missing")]


def test_two_copies_are_refused():
    assert answer(page, EVENT_SOURCES["rest_api"].event_source, SECRET, SECRET).status == 403


def test_an_unpaired_surrogate_is_refused():
    event_source = EVENT_SOURCES["http_api"].event_source
    event = event_source.event(Visit("GET", "/page", headers=(("x-origin-secret", "text"),)))
    event["headers"]["x-origin-secret"] = "\ud800"

    assert event_source.seen(page(event, None)).status == 403


@pytest.mark.parametrize("place", EVENT_SOURCES.values(), ids=EVENT_SOURCES)
def test_a_request_with_the_secret_is_served(place):
    assert answer(page, place.event_source, SECRET).body == b"a page"


@pytest.mark.parametrize("make", [resolver, asgi, lambda: handlers.refresh, lambda: handlers.auth])
def test_every_entry_point_asks_for_it(make):
    handler, event_source = make(), EVENT_SOURCES["http_api"].event_source

    assert answer(handler, event_source).status == 403
    assert answer(handler, event_source, SECRET).status != 403
