import pytest

from supertokens_lambda._http.event_sources.lattice import Lattice
from supertokens_lambda._http.message import Additions, Response

COOKIE = "sAccessToken=x; Path=/"
EVENT = {
    "version": "2.0",
    "path": "/a%20b",
    "method": "get",
    "headers": {"accept": ["text/html"], "x-many": ["1", "2"], "cookie": ["a=1; b=2", "a=3"]},
    "requestContext": {"serviceArn": "arn:aws:vpc-lattice:us-east-2:123456789012:service/svc-0a40eebed65f8d69c"},
}


def test_a_request_is_read():
    request = Lattice().request(EVENT, "")

    assert (request.method, request.target, request.body) == ("GET", "/a%20b", b"")
    assert request.headers.get("x-many") == "1, 2"
    assert request.cookies.all("a") == ("1", "3")


def test_the_query_is_that_of_the_path():
    found = EVENT | {"path": "/x?q=%20&flag&q=a?b", "queryStringParameters": {"q": [" ", "a?b"], "flag": [""]}}

    assert Lattice().request(found, "").target == "/x?q=%20&flag&q=a?b"


def test_a_query_that_is_not_in_the_path_is_encoded_again():
    found = EVENT | {"path": "/x", "queryStringParameters": {"q": ["a b", "&"], "e": "ü"}}

    assert Lattice().request(found, "").target == "/x?q=a%20b&q=%26&e=%C3%BC"


def test_an_answer_is_shaped():
    answer = Lattice().answer(Response(status=200, cookies=("a=1", "b=2"), body=b"\xff"))

    assert answer == {
        "statusCode": 200,
        "headers": {"cache-control": "no-store", "set-cookie": ["a=1", "b=2"]},
        "body": "/w==",
        "isBase64Encoded": True,
    }
    assert Lattice().answer(Response(status=200))["headers"] == {"cache-control": "no-store"}


@pytest.mark.parametrize("own", ["own=1", ["own=1"]])
def test_a_handlers_answer_keeps_its_own_cookies_and_headers(own):
    answer = {"statusCode": 200, "headers": {"Set-Cookie": own, "X-Own": ["1", "2"], "Cache-Control": "public"}}

    assert Lattice().amend(answer, Additions((COOKIE,))) == {
        "statusCode": 200,
        "headers": {"X-Own": ["1", "2"], "cache-control": "no-store", "set-cookie": ["own=1", COOKIE]},
    }


def test_headers_alone_bring_no_set_cookie():
    amended = Lattice().amend({"statusCode": 200}, Additions(headers=(("front-token", "f"),)))

    assert amended["headers"] == {"front-token": "f", "cache-control": "no-store"}
