"""Every door, through the same visits; and what tells one from another."""

from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supertokens_lambda.http.doors import EventError, alb, door_of
from supertokens_lambda.http.doors.alb import Alb, SingleValueAlb
from supertokens_lambda.http.doors.function_url import FunctionUrl
from supertokens_lambda.http.doors.http_api import HttpApi
from supertokens_lambda.http.doors.http_api_1 import HttpApi1
from supertokens_lambda.http.doors.lattice import Lattice
from supertokens_lambda.http.doors.rest_api import RestApi

from . import doors
from .conformance import Conformance, follow, signed_in

API_2 = doors.ApiGateway("http-api-2.0")
API_1 = doors.ApiGateway("http-api-1.0")
REST = doors.ApiGateway("rest-api", "Prod")
URL = doors.ApiGateway("function-url")
ALB = doors.LoadBalancer(multi_value=True)
SINGLE_ALB = doors.LoadBalancer(multi_value=False)
LATTICE = doors.Lattice()

TOLD: list[tuple[doors.Door, type[object]]] = [
    (API_2, HttpApi), (API_1, HttpApi1), (REST, RestApi), (URL, FunctionUrl), (ALB, Alb), (SINGLE_ALB, SingleValueAlb),
    (LATTICE, Lattice),
]  # fmt: skip


class TestHttpApi(Conformance):
    door, path, wants_objects = API_2, "decoded", False
    malformed = (
        ({"rawPath": None}, "rawPath"),
        ({"rawQueryString": 5}, "rawQueryString"),
        ({"headers": {"a": 5}}, "headers"),
        ({"cookies": ["a=b", 1]}, "cookies"),
        ({"body": "***", "isBase64Encoded": True}, "body"),
        ({"requestContext": {}}, "requestContext.http.method"),
    )

    def own_answer(self, *cookies, status=200, body="own", **headers):
        return {"statusCode": status, "headers": headers, "cookies": [*cookies], "body": body}


class TestFunctionUrl(TestHttpApi):
    door, path = URL, "sent"


class TestRestApi(Conformance):
    door, query = REST, "decoded"
    malformed = (
        ({"httpMethod": None}, "httpMethod"),
        ({"path": 1, "requestContext": {}}, "path"),
        ({"requestContext": {"path": 1, "resourceId": "x"}}, "requestContext.path"),
        ({"multiValueHeaders": {"a": [None]}}, "multiValueHeaders"),
        ({"multiValueQueryStringParameters": "x"}, "multiValueQueryStringParameters"),
        ({"body": "***", "isBase64Encoded": True}, "body"),
    )

    def own_answer(self, *cookies, status=200, body="own", **headers):
        own = {"statusCode": status, "headers": headers, "body": body}
        return own | ({"multiValueHeaders": {"Set-Cookie": [*cookies]}} if cookies else {})


class TestHttpApi1(TestRestApi):
    door, path = API_1, "decoded"

    def own_answer(self, *cookies, status=200, body="own", **headers):
        # What is ignored here and malformed elsewhere stays ignored.
        return super().own_answer(*cookies, status=status, body=body, **headers) | {"cookies": ["ignored=1"]}


class TestAlb(Conformance):
    door, query = ALB, "lists"
    malformed = (
        ({"httpMethod": 1}, "httpMethod"),
        ({"path": None}, "path"),
        ({"multiValueHeaders": {"a": [1]}}, "multiValueHeaders"),
        ({"multiValueHeaders": "x"}, "multiValueHeaders"),
        ({"multiValueQueryStringParameters": {"a": [None]}}, "multiValueQueryStringParameters"),
        ({"body": {"a": 1}}, "body"),
    )

    def own_answer(self, *cookies, status=200, body="own", **headers):
        lists = {name: [value] for name, value in headers.items()}
        multi = lists | ({"Set-Cookie": [*cookies]} if cookies else {})
        return {"statusCode": status, "multiValueHeaders": multi, "body": body, "isBase64Encoded": False}


class TestSingleValueAlb(Conformance):
    door, query, one_cookie = SINGLE_ALB, "singles", True
    malformed = (
        ({"httpMethod": 1}, "httpMethod"),
        ({"path": None}, "path"),
        ({"headers": {"a": 1}}, "headers"),
        ({"queryStringParameters": ["a"]}, "queryStringParameters"),
    )

    def own_answer(self, *cookies, status=200, body="own", **headers):
        single = headers | ({"Set-Cookie": cookies[0]} if cookies else {})
        return {"statusCode": status, "headers": single, "body": body, "isBase64Encoded": False}

    # Why it is the access token's cookie that is carried.

    def test_a_session_from_elsewhere_lives_until_its_second_expiry(self, browser, core, records, clock):
        issued = self.from_elsewhere(browser)
        page = self.page()

        clock.forward(3601)
        assert follow(browser, page) == ("/dashboard", 3)
        clock.forward(3601)
        assert follow(browser, page) == ("/auth", 3)

        # The refresh token that came with the used access token was not carried, and the one before it is stale.
        assert records.reasons.count("token-theft") == 1
        assert not core.has(issued)

    def test_with_the_refresh_tokens_cookie_it_would_end_at_once(self, browser, core, clock, monkeypatch):
        monkeypatch.setattr(alb, "_OF_USE_ALONE", "sRefreshToken=")
        self.from_elsewhere(browser)
        page = self.page()
        assert follow(browser, page) == ("/dashboard", 0)
        core.calls.clear()

        clock.forward(3601)

        assert follow(browser, page) == ("", 20)
        assert len(core.asked("/session/refresh")) > 5

    def test_with_the_refresh_tokens_cookie_nobody_would_be_signed_in(self, browser, monkeypatch):
        monkeypatch.setattr(alb, "_OF_USE_ALONE", "sRefreshToken=")
        signed_in(browser)

        assert follow(browser, self.page()) == ("", 20)

    def from_elsewhere(self, browser):
        """Sign in where several cookies are carried."""
        browser.door = ALB
        handle = signed_in(browser).cookie("sAccessToken").value
        browser.door = self.door
        return jwt.decode(handle, options={"verify_signature": False})["sessionHandle"]


class TestLattice(Conformance):
    door = LATTICE
    malformed = (
        ({"method": None}, "method"),
        ({"path": 1}, "path"),
        ({"headers": {"a": [1]}}, "headers"),
        ({"path": "/x", "queryStringParameters": {"a": [1]}}, "queryStringParameters"),
        ({"body": "*", "isBase64Encoded": True}, "body"),
    )

    def own_answer(self, *cookies, status=200, body="own", **headers):
        lists = headers | ({"Set-Cookie": [*cookies]} if cookies else {})
        return {"statusCode": status, "headers": lists, "body": body, "isBase64Encoded": False}


@pytest.mark.parametrize(("door", "kind"), TOLD, ids=[kind.__name__ for _, kind in TOLD])
def test_the_door_is_told(door, kind):
    found = door_of(door.event(doors.Visit(headers=(("host", "example.com"),))))

    assert type(found) is kind


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"version": "1.0"}, RestApi),
        ({"version": "1.0", "requestContext": {"resourceId": None}}, HttpApi1),
        ({"requestContext": {"resourceId": None}}, RestApi),
        ({"requestContext": {"elb": {}}}, Alb),
        ({"requestContext": {"elb": {}}, "version": "1.0"}, Alb),
    ],
)
def test_what_looks_alike_is_told_apart(changed, kind):
    assert type(door_of(REST.event(doors.Visit()) | changed)) is kind


@pytest.mark.parametrize("found", [None, [], "x", {}, {"source": "serverless-plugin-warmup"}, {"Records": [{}]}])
def test_what_is_no_http_event_comes_through_no_door(found):
    assert door_of(found) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("door", [door for door, _ in TOLD], ids=[kind.__name__ for _, kind in TOLD])
@settings(deadline=None)  # the first one loads the door
@given(data=st.data())
def test_any_event_is_read_or_refused(door, data):
    usual = door.event(doors.Visit("POST", "/x?a=b", (("host", "example.com"),), ("a=b",), b"a=b"))
    names = st.sampled_from(sorted(usual)) | st.text(max_size=5)
    changed: Any = data.draw(st.dictionaries(names, JSON, max_size=3) | JSON)
    event = usual | changed if isinstance(changed, dict) else changed
    found = door_of(event)
    if found is not None:
        try:
            request = found.request(event, "/dev")
        except EventError:
            return
        request.form()
        assert request.parameters is not None
