import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda_local.gateway.events import make_event
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import Router, best
from supertokens_lambda_local.template.api_model import Route

EVENTS = Path(__file__).parents[2] / "events"

PAGE = HttpRequest(
    method="GET",
    raw_path="/live/pets/dogs%20%26%20cats",
    raw_query="tab=a%20b&tab=c&empty=&plus=1+1&bare",
    headers=(
        ("host", "localhost:3000"),
        ("connection", "keep-alive"),
        ("user-agent", "Mozilla/5.0"),
        ("accept", "text/html,application/xhtml+xml"),
        ("cookie", "session=abc=; theme=dark"),
        ("x-repeated", "one"),
        ("x-repeated", "two"),
        ("cookie", "session=second"),
    ),
    client="192.0.2.1",
    request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    time=datetime(2020, 3, 12, 19, 3, 58, 390000, tzinfo=UTC),
)
FORM = replace(
    PAGE,
    method="POST",
    raw_path="/auth",
    raw_query="",
    headers=(
        ("host", "localhost:3000"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-length", "15"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "443"),
    ),
    body=b"email=a%40b.com",
)
AT_ITS_URL = replace(PAGE, host="page.lambda-url.localhost")


def event_of(request, event_source="http-api-2.0", path="$default", stage="$default", types=()):
    return event_at(Route("ANY", path, event_source, stage, "Page", types), request)


def event_at(route, request):
    # Without the stage as behind a custom domain.
    match = Router([route]).match(request) or best([route], request.method, request.raw_path)
    assert match
    return make_event(request, match)


@pytest.mark.parametrize(
    ("file", "request_", "route"),
    [
        ("http-api-2.0/page", PAGE, Route("GET", "/pets/{kind}", "http-api-2.0", "live", "Page")),
        ("http-api-2.0/form", FORM, Route("ANY", "$default", "http-api-2.0", "$default", "Page")),
        ("function-url/page", AT_ITS_URL, Route("ANY", "$default", "function-url", "$default", "Page")),
        ("http-api-1.0/page", PAGE, Route("GET", "/pets/{kind}", "http-api-1.0", "live", "Page")),
        ("rest-api/page", PAGE, Route("GET", "/pets/{kind}", "rest-api", "live", "Page")),
        ("rest-api/form", FORM, Route("POST", "/auth", "rest-api", "Prod", "Page")),
    ],
)
def test_an_event_is_as_aws_makes_it(file, request_, route):
    golden = json.loads((EVENTS / f"{file}.json").read_text())
    assert event_at(route, request_) == golden


def test_the_path_of_an_http_api_is_decoded_and_cut():
    request = replace(PAGE, raw_path="/a%2Fb%3Fc=d/e", raw_query="x=%2F?y")
    for event_source in ("http-api-2.0", "http-api-1.0"):
        event = event_of(request, event_source)
        assert event.get("rawPath", event.get("path")) == "/a/b"
        context = event["requestContext"]
        assert context.get("http", context)["path"] == "/a/b"
    assert event_of(request)["rawQueryString"] == "x=%2F?y"
    assert event_of(replace(PAGE, raw_path="/%ff%zz"))["rawPath"] == "/\ufffd%zz"


def test_the_path_of_a_rest_api_stays_encoded():
    event = event_of(replace(PAGE, raw_path="/a%2Fb%3Fc//d/"), "rest-api", "/{proxy+}", "live")
    assert event["path"] == event["requestContext"]["path"] == "/a%2Fb%3Fc//d/"


def test_a_semicolon_splits_the_query_of_a_rest_api():
    request = replace(PAGE, raw_query="a=1;b=2")
    assert event_of(request, "rest-api", "/{proxy+}", "live")["queryStringParameters"] == {"a": "1", "b": "2"}
    assert event_of(request)["queryStringParameters"] == {"a": "1;b=2"}


@pytest.mark.parametrize(
    ("content_type", "is_text"),
    [
        ("text/html", True),
        ("Text/Plain; charset=utf-8", True),
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/xml", True),
        ("application/javascript", True),
        ("application/x-www-form-urlencoded", False),
        ("application/problem+json", False),
        ("multipart/form-data; boundary=x", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("event_source", ["http-api-2.0", "http-api-1.0"])
def test_which_bodies_an_http_api_hands_over_as_text(content_type, is_text, event_source):
    event = event_of(replace(FORM, headers=(("content-type", content_type),), body="é".encode()), event_source)
    assert event["isBase64Encoded"] is not is_text
    assert event["body"] == ("é" if is_text else "w6k=")


@pytest.mark.parametrize(
    ("content_type", "types", "is_text"),
    [
        ("image/png", (), True),
        ("image/png", ("image/png",), False),
        ("image/png; x=y", ("IMAGE/*",), False),
        ("", ("*/*",), False),
        ("text/html", ("image/*", "application/pdf"), True),
    ],
)
def test_which_bodies_a_rest_api_hands_over_as_text(content_type, types, is_text):
    request = replace(FORM, headers=(("content-type", content_type),), body=b"\xff")
    event = event_of(request, "rest-api", "/{proxy+}", "Prod", types)
    assert event["isBase64Encoded"] is not is_text
    assert event["body"] == ("\ufffd" if is_text else "/w==")


def test_a_request_without_a_host_gets_one():
    assert event_of(replace(PAGE, headers=()))["headers"]["host"] == "localhost"


tokens = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1)
values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"), min_size=1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
targets = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#?"))


@given(targets)
def test_any_query_survives_in_an_http_api(query):
    event = event_of(replace(PAGE, raw_query=query))
    assert event["rawQueryString"] == query
    json.dumps(event)


@given(st.lists(st.tuples(texts.filter(bool), texts)))
def test_any_query_survives_decoded_in_a_rest_api(pairs):
    event = event_of(replace(PAGE, raw_query=urlencode(pairs)), "rest-api", "/{proxy+}", "live")
    lists = event["multiValueQueryStringParameters"] or {}
    assert sorted((name, value) for name, found in lists.items() for value in found) == sorted(pairs)


@given(targets)
def test_any_path_survives_in_a_rest_api(path):
    event = event_of(replace(PAGE, raw_path=f"/live/x{path}"), "rest-api", "/{proxy+}", "live")
    assert event["requestContext"]["path"] == f"/live/x{path}"
    assert event["path"] == f"/x{path}"


@given(st.lists(st.tuples(tokens.map(lambda name: f"x-own-{name}"), values)))
def test_any_header_survives(headers):
    request = replace(PAGE, headers=tuple(headers))
    lists = {name: [value for other, value in headers if other == name] for name, _ in headers}
    sent = event_of(request)["headers"]
    assert {name: sent[name] for name in lists} == {name: ",".join(found) for name, found in lists.items()}
    event = event_of(request, "rest-api", "/{proxy+}", "live")
    assert {name: event["multiValueHeaders"][name] for name in lists} == lists
    assert {name: event["headers"][name] for name in lists} == {name: found[-1] for name, found in lists.items()}


@given(st.binary(min_size=1))
def test_any_body_survives_in_base64(body):
    event = event_of(replace(FORM, body=body))
    assert base64.b64decode(event["body"]) == body
