import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda_local.gateway.answers import MalformedAnswerError, make_answer
from supertokens_lambda_local.template.api_model import Route

HTTP_API = Route("GET", "/", "http-api-2.0", "$default", "Page")
HTTP_API_1 = Route("GET", "/", "http-api-1.0", "$default", "Page")
REST_API = Route("GET", "/", "rest-api", "Prod", "Page")
REST_API_WITH_IMAGES = Route("GET", "/", "rest-api", "Prod", "Page", ("image/*",))


def answer(route, result, accept=""):
    made = make_answer(route, json.dumps(result), accept)
    return made.status, made.headers, made.body


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ("Hello", b"Hello"),
        ({"message": "Hello"}, b'{"message": "Hello"}'),
        ({"body": "x", "headers": {"a": "b"}}, b'{"body": "x", "headers": {"a": "b"}}'),
        ([1], b"[1]"),
        (None, b"null"),
    ],
)
def test_format_2_infers_the_response(result, body):
    assert answer(HTTP_API, result) == (200, (("content-type", "application/json"),), body)


@pytest.mark.parametrize("route", [HTTP_API_1, REST_API])
@pytest.mark.parametrize("result", ["Hello", {"body": "x"}, [1], None, {"statusCode": None}])
def test_format_1_infers_nothing(route, result):
    with pytest.raises(MalformedAnswerError):
        answer(route, result)


@pytest.mark.parametrize(
    ("route", "content_type"),
    [
        (HTTP_API, "text/plain; charset=utf-8"),
        (HTTP_API_1, "text/plain; charset=utf-8"),
        (REST_API, "application/json"),
    ],
)
def test_the_type_of_a_body_that_has_none(route, content_type):
    assert answer(route, {"statusCode": 200, "body": "é"}) == (200, (("content-type", content_type),), "é".encode())
    own = {"statusCode": "201", "headers": {"Content-Type": "text/html"}, "body": None}
    assert answer(route, own) == (201, (("Content-Type", "text/html"),), b"")


def test_format_2_has_cookies_and_ignores_multi_value_headers():
    result = {
        "statusCode": 302,
        "headers": {"content-type": "x/y", "Location": "/", "set-cookie": "c=3", "x-number": 1, "x-flag": True},
        "multiValueHeaders": {"X-Ignored": ["1"]},
        "cookies": ["a=1; Path=/", "b=2"],
    }
    assert answer(HTTP_API, result)[1] == (
        ("content-type", "x/y"),
        ("Location", "/"),
        ("set-cookie", "c=3"),
        ("x-number", "1"),
        ("x-flag", "true"),
        ("set-cookie", "a=1; Path=/"),
        ("set-cookie", "b=2"),
    )


@pytest.mark.parametrize("route", [HTTP_API_1, REST_API])
def test_format_1_merges_both_maps(route):
    result = {
        "statusCode": 200,
        "headers": {"content-type": "x/y", "set-cookie": "a=1", "X-Own": "1", "x-both": "one"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"], "X-Both": ["two"]},
    }
    assert answer(route, result)[1] == (
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X-Both", "two"),
        ("content-type", "x/y"),
        ("X-Own", "1"),
        ("x-both", "one"),
    )


def test_cookies_at_the_top_are_an_error_to_a_rest_api_only():
    result = {"statusCode": 200, "headers": {"content-type": "x/y"}, "cookies": ["a=1"]}
    with pytest.raises(MalformedAnswerError, match="a REST API takes no cookies"):
        answer(REST_API, result)
    assert answer(HTTP_API_1, result)[1] == (("content-type", "x/y"),)


def test_base64_is_decoded():
    result = {"statusCode": 200, "body": "/w==", "isBase64Encoded": True}
    assert answer(HTTP_API, result)[2] == answer(HTTP_API_1, result)[2] == b"\xff"
    assert answer(HTTP_API, {**result, "isBase64Encoded": False})[2] == b"/w=="


@pytest.mark.parametrize(
    ("route", "accept", "body"),
    [
        (REST_API, "image/png", b"/w=="),
        (REST_API_WITH_IMAGES, "image/png,*/*", b"\xff"),
        (REST_API_WITH_IMAGES, "text/html,image/png", b"/w=="),
        (REST_API_WITH_IMAGES, "", b"/w=="),
    ],
)
def test_a_rest_api_decodes_what_the_first_accepted_type_says(route, accept, body):
    assert answer(route, {"statusCode": 200, "body": "/w==", "isBase64Encoded": True}, accept)[2] == body


def test_the_function_does_not_frame_the_response():
    headers = {"content-type": "x/y", "Content-Length": "9", "Transfer-Encoding": "chunked", "WWW-Authenticate": "x"}
    result = {"statusCode": 200, "headers": headers, "body": "abc"}
    assert answer(HTTP_API, result)[1] == (("content-type", "x/y"), ("WWW-Authenticate", "x"))
    assert answer(REST_API, result)[1] == (
        ("content-type", "x/y"),
        ("x-amzn-Remapped-Content-Length", "9"),
        ("x-amzn-Remapped-WWW-Authenticate", "x"),
    )


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_content_has_none(status):
    assert answer(HTTP_API, {"statusCode": status, "body": "x"})[2] == b""


@pytest.mark.parametrize("route", [HTTP_API, HTTP_API_1, REST_API])
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"statusCode": "many"}, "statusCode is not a number from 200 to 599"),
        ({"statusCode": True}, "statusCode"),
        ({"statusCode": 200.5}, "statusCode"),
        ({"statusCode": 100}, "statusCode"),
        ({"statusCode": 600}, "statusCode"),
        ({"headers": ["a"]}, "headers is not an object"),
        ({"headers": {"a": ["b"]}}, "the header a is not a string"),
        ({"headers": {"a": None}}, "the header a is not a string"),
        ({"headers": {"a b": "c"}}, "a header's name"),
        ({"headers": {"a": "b\r\nset-cookie: c"}}, "the header a has characters"),
        ({"headers": {"a": "\u20ac"}}, "the header a has characters"),
        ({"body": {"a": 1}}, "body is not a string"),
        ({"body": "?", "isBase64Encoded": True}, "body is not base64"),
    ],
)
def test_what_is_malformed(route, fields, message):
    if route is REST_API:
        route = Route("GET", "/", "rest-api", "Prod", "Page", ("*/*",))
    with pytest.raises(MalformedAnswerError, match=message):
        answer(route, {"statusCode": 200, **fields})


@pytest.mark.parametrize("cookies", ["a=1", [1], {"a": "1"}])
def test_cookies_that_are_no_list_of_strings(cookies):
    with pytest.raises(MalformedAnswerError, match="cookies is not a list of strings"):
        answer(HTTP_API, {"statusCode": 200, "cookies": cookies})


@pytest.mark.parametrize("values", ["b", [1, None]])
def test_multi_value_headers_that_are_no_lists_of_strings(values):
    with pytest.raises(MalformedAnswerError):
        answer(REST_API, {"statusCode": 200, "multiValueHeaders": {"a": values}})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
results = json_values | st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("statusCode", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded"), json_values
    ),
)


@given(results, st.sampled_from([HTTP_API, HTTP_API_1, REST_API]))
def test_any_result_is_an_answer_or_malformed(result, route):
    try:
        status, headers, _ = answer(route, result)
    except MalformedAnswerError:
        return
    assert 200 <= status <= 599
    for name, value in headers:
        assert not set(name + value) & set("\r\n\0")
