import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda._http.event_sources import EventError, event_source_of
from supertokens_lambda._http.event_sources.http_api import HttpApi
from supertokens_lambda._http.message import Additions, Response

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
COOKIE = "sAccessToken=x; Path=/"


def event(**fields):
    return {
        "version": "2.0",
        "rawPath": "/dashboard",
        "rawQueryString": "",
        "headers": {"host": "example.com", "Accept": "text/html"},
        "requestContext": {"http": {"method": "get", "path": "/dashboard"}, "stage": "$default"},
        "isBase64Encoded": False,
    } | fields


def read(prefix="", **fields):
    return HttpApi().request(event(**fields), prefix)


def amend(answer, *cookies, headers=()):
    return HttpApi().amend(answer, Additions(cookies, headers))


def test_the_event_source_is_told():
    assert isinstance(event_source_of(event()), HttpApi)


def test_a_request_is_read():
    request = read(rawQueryString="tab=billing&q=a%20b&tab=x", cookies=["a=1", "b=2", "a=3"])

    assert request.method == "GET"
    assert request.target == "/dashboard?tab=billing&q=a%20b&tab=x"
    assert request.parameters == {"tab": "billing", "q": "a b"}
    assert request.headers["accept"] == "text/html"
    assert request.cookies.all("a") == ("1", "3")
    assert request.body == b""


def test_the_decoded_path_is_encoded_again():
    assert read(rawPath="/a b/ü/%").seen_path == "/a%20b/%C3%BC/%25"


@pytest.mark.parametrize(
    ("raw_path", "path"),
    [("/dev/dashboard", "/dashboard"), ("/dev", "/"), ("/devices", "/devices"), ("/dev/", "/"), ("/x/dev", "/x/dev")],
)
def test_the_prefix_is_cut_at_a_segments_boundary_and_the_browser_keeps_it(raw_path, path):
    request = read("/dev", rawPath=raw_path)

    assert request.path == path
    assert request.seen_path == raw_path


def test_a_cookie_header_counts_where_there_is_no_list():
    assert read(headers={"Cookie": "a=1; a=2"}, cookies=[]).cookies.all("a") == ("1", "2")


def test_a_body_is_decoded_from_base64():
    assert read(body=base64.b64encode(b"\x00\xff").decode(), isBase64Encoded=True).body == b"\x00\xff"
    assert read(body="plain").body == b"plain"


def test_a_form_is_read():
    request = read(
        body="email=a%40b.c&password=x+y&email=2",
        headers={"content-type": "application/x-www-form-urlencoded; charset=x"},
    )

    assert request.form() == {"email": "a@b.c", "password": "x y"}
    assert read(body="email=a").form() == {}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"rawPath": None}, "rawPath"),
        ({"rawQueryString": 5}, "rawQueryString"),
        ({"headers": ["x"]}, "headers"),
        ({"headers": {"a": 5}}, "headers"),
        ({"headers": {5: "a"}}, "headers"),
        ({"cookies": "a=1"}, "cookies"),
        ({"cookies": [5]}, "cookies"),
        ({"body": {"a": 1}}, "body"),
        ({"body": "***", "isBase64Encoded": True}, "isBase64Encoded"),
        ({"body": "ü", "isBase64Encoded": True}, "isBase64Encoded"),
        ({"requestContext": {"http": None}}, "requestContext.http.method"),
    ],
)
def test_a_malformed_event_is_named(fields, named):
    with pytest.raises(EventError, match=named):
        read(**fields)


@given(st.dictionaries(st.sampled_from(sorted(event())) | st.text(max_size=5), JSON) | JSON)
def test_any_event_is_read_or_refused(fields):
    found = event() | fields if isinstance(fields, dict) else fields
    event_source = event_source_of(found)
    if event_source is not None:
        try:
            request = event_source.request(found, "/dev")
        except EventError:
            return
        request.form()
        assert request.parameters is not None


@pytest.mark.parametrize("found", [None, [], "x", {}, {"source": "serverless-plugin-warmup"}, {"Records": [{}]}])
def test_what_is_no_http_event_comes_through_no_event_source(found):
    assert event_source_of(found) is None


def test_an_answer_is_shaped():
    answer = HttpApi().answer(Response(status=302, headers=(("location", "/x"),), cookies=("a=1", "b=2")))

    assert answer == {
        "statusCode": 302,
        "headers": {"location": "/x"},
        "cookies": ["a=1", "b=2"],
        "body": "",
        "isBase64Encoded": False,
    }


def test_a_binary_body_goes_as_base64():
    answer = HttpApi().answer(Response(status=200, body=b"\xff"))

    assert (answer["body"], answer["isBase64Encoded"]) == ("/w==", True)


@pytest.mark.parametrize("answer", ["Hello", {"a": 1}, [1, 2], None, 5])
def test_an_answer_without_a_status_code_means_what_it_meant(answer):
    amended = amend(answer, COOKIE)

    assert amended["statusCode"] == 200
    assert amended["body"] == (answer if isinstance(answer, str) else json.dumps(answer))
    assert amended["headers"] == {"content-type": "application/json", "cache-control": "no-store"}
    assert amended["cookies"] == [COOKIE]


def test_a_full_answer_keeps_what_it_has():
    answer = {
        "statusCode": 201,
        "headers": {"X-Own": "1", "Cache-Control": "max-age=60", "Access-Control-Expose-Headers": "x-own"},
        "cookies": ["own=1"],
        "body": "/w==",
        "isBase64Encoded": True,
    }
    added = (("access-control-expose-headers", "front-token"), ("front-token", "f"))

    assert amend(answer, COOKIE, headers=added) == {
        "statusCode": 201,
        "headers": {
            "X-Own": "1",
            "access-control-expose-headers": "x-own,front-token",
            "front-token": "f",
            "cache-control": "no-store",
        },
        "cookies": ["own=1", COOKIE],
        "body": "/w==",
        "isBase64Encoded": True,
    }
    assert answer["cookies"] == ["own=1"]


def test_null_maps_of_an_answer_count_as_empty():
    assert amend({"statusCode": 200, "headers": None, "cookies": None}, COOKIE)["cookies"] == [COOKIE]


def test_neither_requests_nor_additions_show_what_they_hold():
    request = read(cookies=["sAccessToken=secret"], headers={"authorization": "Bearer secret"}, body="secret")

    assert "secret" not in repr(
        (request, request.headers, request.cookies, Additions(("a=secret",), (("b", "secret"),)))
    )
