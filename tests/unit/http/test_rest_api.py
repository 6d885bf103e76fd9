from urllib.parse import parse_qsl

import pytest

from supertokens_lambda._http.event_sources import EventError, event_source_of
from supertokens_lambda._http.event_sources.rest_api import RestApi
from supertokens_lambda._http.message import Additions, Response

COOKIE = "sAccessToken=x; Path=/"


def event(**fields):
    return {
        "resource": "/dashboard",
        "path": "/dashboard",
        "httpMethod": "GET",
        "headers": {"Host": "example.com", "Cookie": "b=2"},
        "multiValueHeaders": {"Host": ["example.com"], "Cookie": ["a=1; a=2", "b=2"], "X-Many": ["1", "2"]},
        "queryStringParameters": {"q": "x"},
        "multiValueQueryStringParameters": {"tab": ["billing"], "q": ["a b", "x"]},
        "requestContext": {"stage": "dev", "path": "/dev/dashboard"},
        "body": None,
        "isBase64Encoded": False,
    } | fields


def read(prefix="", **fields):
    return RestApi().request(event(**fields), prefix)


def amend(answer, *cookies, headers=()):
    return RestApi().amend(answer, Additions(cookies, headers))


def test_the_event_source_is_told():
    assert isinstance(event_source_of(event()), RestApi)


def test_a_request_is_read():
    request = read("/dev")

    assert request.target == "/dev/dashboard?tab=billing&q=a%20b&q=x"
    assert request.path == "/dashboard"
    assert request.headers.get("x-many") == "1, 2"
    assert request.cookies.all("a") == ("1", "2")
    assert request.cookies.get("b") == "2"


def test_nulls_count_as_empty():
    request = read(
        headers=None, multiValueHeaders=None, queryStringParameters=None, multiValueQueryStringParameters=None
    )

    assert request.target == "/dev/dashboard"
    assert request.cookies.get("a") is None


def test_single_value_maps_count_where_there_are_no_others():
    request = read(multiValueHeaders=None, multiValueQueryStringParameters=None)

    assert request.query == "q=x"
    assert request.cookies.get("b") == "2"


def test_the_path_counts_where_the_context_has_none():
    assert read(requestContext={}).seen_path == "/dashboard"


def test_the_path_counts_where_the_context_names_the_resource_as_sam_local_does():
    event = {"path": "/auth/signin", "resource": "/auth/{proxy+}", "requestContext": {"path": "/auth/{proxy+}"}}
    assert read(**event).seen_path == "/auth/signin"
    assert read(requestContext={"path": "/dev/{x}"}, resource="/{x}").seen_path == "/dev/{x}"


def test_a_decoded_query_is_encoded_again():
    found = read(multiValueQueryStringParameters={"a&b": ["c=d", "+", "ü", "#"], "p": ["/x?y:z"]})

    assert found.query == "a%26b=c%3Dd&a%26b=%2B&a%26b=%C3%BC&a%26b=%23&p=/x?y:z"


@pytest.mark.parametrize("letter", list(map(chr, range(0x20, 0x7F))))
def test_a_parameter_stays_one_whatever_it_holds(letter):
    given = {f"a{letter}b": [f"c{letter}d=e", letter, ""], letter: [""], "": ["x"]}

    query = read(multiValueQueryStringParameters=given).query

    # API Gateway splits a query at semicolons as well.
    assert not set(query) & set("; #+")
    assert parse_qsl(query, keep_blank_values=True) == [(name, value) for name in given for value in given[name]]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"httpMethod": None}, "httpMethod"),
        ({"path": 1, "requestContext": {}}, "path"),
        ({"multiValueHeaders": {"a": [None]}}, "multiValueHeaders"),
        ({"multiValueQueryStringParameters": "x"}, "multiValueQueryStringParameters"),
    ],
)
def test_a_malformed_event_is_named(fields, named):
    with pytest.raises(EventError, match=named):
        read(**fields)


def test_an_answer_is_shaped():
    event_source = RestApi()

    assert event_source.answer(Response(status=200, cookies=("a=1", "b=2"))) == {
        "statusCode": 200,
        "headers": {"cache-control": "no-store"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": "",
        "isBase64Encoded": False,
    }
    assert "multiValueHeaders" not in event_source.answer(Response(status=200))


def test_a_handlers_answer_keeps_its_own_cookies_and_headers():
    answer = {
        "statusCode": 200,
        "headers": {"Cache-Control": "max-age=60", "X-Own": "1"},
        "multiValueHeaders": {"set-cookie": ["own=1"], "cache-control": ["public"], "X-Many": ["1", "2"]},
        "body": "x",
    }

    assert amend(answer, COOKIE) == {
        "statusCode": 200,
        "headers": {"X-Own": "1", "cache-control": "no-store"},
        "multiValueHeaders": {"X-Many": ["1", "2"], "Set-Cookie": ["own=1", COOKIE]},
        "body": "x",
    }


def test_headers_alone_bring_no_set_cookie():
    assert amend({"statusCode": 200}, headers=(("front-token", "f"),)) == {
        "statusCode": 200,
        "headers": {"front-token": "f", "cache-control": "no-store"},
        "multiValueHeaders": {},
    }


@pytest.mark.parametrize("answer", ["Hello", None, 5])
def test_what_is_no_answer_here_stays_the_handlers_error(answer):
    assert amend(answer, COOKIE) is answer
