import logging

import pytest

from supertokens_lambda._http import event_sources
from supertokens_lambda._http.event_sources import alb_single_value
from supertokens_lambda._http.event_sources.alb import Alb
from supertokens_lambda._http.event_sources.alb_single_value import SingleValueAlb
from supertokens_lambda._http.message import Additions, Response
from supertokens_lambda._verification.session_tokens import ACCESS_TOKEN, REFRESH_TOKEN

COOKIE = f"{ACCESS_TOKEN}=x; Path=/"
EVENT = {
    "requestContext": {"elb": {}},
    "httpMethod": "GET",
    "path": "/a%20b",
    "body": "",
    "isBase64Encoded": False,
}


def test_lists_are_read_and_nothing_is_encoded_again():
    found = EVENT | {
        "multiValueHeaders": {"x-many": ["1", "2"], "cookie": ["a=1", "a=2"]},
        "multiValueQueryStringParameters": {"q": ["%20", "x+y"], "empty": [""]},
    }

    request = Alb().request(found, "")

    assert request.target == "/a%20b?q=%20&q=x+y&empty="
    assert request.headers.get("x-many") == "1, 2"
    assert request.cookies.all("a") == ("1", "2")


def test_single_values_are_read():
    found = EVENT | {"headers": {"x": "1", "cookie": "a=1; a=2"}, "queryStringParameters": {"q": "%20"}}

    request = SingleValueAlb().request(found, "")

    assert request.target == "/a%20b?q=%20"
    assert request.cookies.all("a") == ("1", "2")


def test_an_answer_is_in_the_one_map_that_is_taken():
    response = Response(status=302, headers=(("location", "/x"),), cookies=("a=1", COOKIE))
    common = {"statusCode": 302, "statusDescription": "302 Found", "body": "", "isBase64Encoded": False}

    assert Alb().answer(response) == common | {"multiValueHeaders": {"location": ["/x"], "Set-Cookie": ["a=1", COOKIE]}}
    assert SingleValueAlb().answer(response) == common | {"headers": {"location": "/x", "Set-Cookie": COOKIE}}


def test_a_status_that_has_no_name_is_described_by_its_number():
    assert Alb().answer(Response(status=299))["statusDescription"] == "299"


def test_the_map_that_is_not_taken_is_left_alone():
    answer = {
        "statusCode": 200,
        "headers": {"Cache-Control": "max-age=60"},
        "multiValueHeaders": {"cache-control": ["public"], "Access-Control-Expose-Headers": ["x-own", "x-more"]},
    }
    added = Additions((COOKIE,), (("access-control-expose-headers", "front-token"),))

    assert Alb().amend(answer, added) == answer | {
        "multiValueHeaders": {
            "access-control-expose-headers": ["x-own,x-more,front-token"],
            "cache-control": ["no-store"],
            "Set-Cookie": [COOKIE],
        }
    }
    assert SingleValueAlb().amend(answer, added) == answer | {
        "headers": {
            "access-control-expose-headers": "front-token",
            "cache-control": "no-store",
            "Set-Cookie": COOKIE,
        }
    }
    assert answer["headers"] == {"Cache-Control": "max-age=60"}


class TestTheOneCookie:
    def test_is_the_access_tokens(self):
        assert {name for name, _ in alb_single_value._ORDER} == {ACCESS_TOKEN}
        assert self.carried("own=1; Path=/", "sRefreshToken=y; Path=/", COOKIE, "stRefreshEvidence=z") == COOKIE

    def test_is_the_one_that_is_set_rather_than_cleared(self):
        cleared = f"{ACCESS_TOKEN}=; Domain=example.com; Path=/"

        assert self.carried(cleared, COOKIE) == COOKIE
        assert self.carried("own=1; Path=/", cleared) == cleared

    def test_is_the_handlers_own_where_the_session_changes_no_access_token(self):
        answer = {"statusCode": 200, "headers": {"set-cookie": "own=1"}}

        amended = SingleValueAlb().amend(answer, Additions(("stRefreshEvidence=z",)))

        assert amended["headers"]["Set-Cookie"] == "own=1"

    def test_may_be_none(self):
        assert "Set-Cookie" not in SingleValueAlb().answer(Response(status=200))["headers"]

    def carried(self, *cookies):
        return SingleValueAlb().answer(Response(status=200, cookies=cookies))["headers"]["Set-Cookie"]


def test_a_refresh_token_that_could_not_be_replaced_is_not_read():
    cookie = f'a=1; {ACCESS_TOKEN}=x;  {REFRESH_TOKEN}="y"; {REFRESH_TOKEN}=z; s{REFRESH_TOKEN}=kept'
    found = EVENT | {"headers": {"cookie": cookie}, "multiValueHeaders": {"cookie": [cookie]}}

    request, other = SingleValueAlb().request(found, ""), Alb().request(found, "")

    assert request.cookies.header == f"a=1; {ACCESS_TOKEN}=x; s{REFRESH_TOKEN}=kept"
    assert other.cookies.all(REFRESH_TOKEN) == ("y", "z")
    assert (request.one_cookie, other.one_cookie) == (True, False)


@pytest.fixture
def new_instance():
    event_sources._single_value_alb.cache_clear()
    yield
    event_sources._single_value_alb.cache_clear()


def test_an_instance_says_once_that_the_target_group_needs_multi_value_headers(new_instance, records):
    for _ in range(3):
        assert isinstance(event_sources.event_source_of(EVENT | {"headers": {}}), SingleValueAlb)
        assert isinstance(event_sources.event_source_of(EVENT | {"multiValueHeaders": {}}), Alb)

    [warning] = records.all
    assert (warning.name, warning.levelno) == ("supertokens_lambda", logging.WARNING)
    assert "lambda.multi_value_headers.enabled" in warning.getMessage()
