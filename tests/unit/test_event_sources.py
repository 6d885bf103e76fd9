"""Every event source, through the same visits; and what tells one from another."""

from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda import handlers
from supertokens_lambda._http.event_sources import EventError, alb_single_value, event_source_of
from supertokens_lambda._http.event_sources.alb import Alb
from supertokens_lambda._http.event_sources.alb_single_value import SingleValueAlb
from supertokens_lambda._http.event_sources.function_url import FunctionUrl
from supertokens_lambda._http.event_sources.http_api import HttpApi
from supertokens_lambda._http.event_sources.http_api_1 import HttpApi1
from supertokens_lambda._http.event_sources.lattice import Lattice
from supertokens_lambda._http.event_sources.rest_api import RestApi
from supertokens_lambda.testing import event_sources, visits

from .conformance import REFRESH, Conformance, follow, signed_in

API_2 = event_sources.ApiGateway("http-api-2.0")
API_1 = event_sources.ApiGateway("http-api-1.0")
REST = event_sources.ApiGateway("rest-api", "Prod")
URL = event_sources.ApiGateway("function-url")
ALB = event_sources.LoadBalancer(multi_value=True)
SINGLE_ALB = event_sources.LoadBalancer(multi_value=False)
LATTICE = event_sources.Lattice()

TOLD: list[tuple[visits.EventSource, type[object]]] = [
    (API_2, HttpApi), (API_1, HttpApi1), (REST, RestApi), (URL, FunctionUrl), (ALB, Alb), (SINGLE_ALB, SingleValueAlb),
    (LATTICE, Lattice),
]  # fmt: skip


class TestHttpApi(Conformance):
    event_source, path, wants_objects = API_2, "decoded", False
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
    event_source, path = URL, "sent"


class TestRestApi(Conformance):
    event_source, query = REST, "decoded"
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
    event_source, path = API_1, "decoded"

    def own_answer(self, *cookies, status=200, body="own", **headers):
        # What is ignored here and malformed elsewhere stays ignored.
        return super().own_answer(*cookies, status=status, body=body, **headers) | {"cookies": ["ignored=1"]}


class TestAlb(Conformance):
    event_source, query = ALB, "lists"
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
    event_source, query, one_cookie = SINGLE_ALB, "singles", True
    malformed = (
        ({"httpMethod": 1}, "httpMethod"),
        ({"path": None}, "path"),
        ({"headers": {"a": 1}}, "headers"),
        ({"queryStringParameters": ["a"]}, "queryStringParameters"),
    )

    def own_answer(self, *cookies, status=200, body="own", **headers):
        single = headers | ({"Set-Cookie": cookies[0]} if cookies else {})
        return {"statusCode": status, "headers": single, "body": body, "isBase64Encoded": False}

    # A session is not refreshed here.

    def test_a_navigation_refreshes(self, browser, core):
        issued = browser.holds(core.expired_session())
        core.calls.clear()

        answer = browser.open(handlers.auth, REFRESH)

        # On to where the evidence is left, which no second cookie of this answer could be.
        assert answer.location.startswith("/refresh-session?redirectBack=/auth%3FredirectBack%3D/dashboard&")
        self.assert_clears(answer, "sAccessToken")
        assert core.has(issued.handle)
        assert not core.asked("/session/refresh")

    def test_a_navigation_that_cannot_refresh_ends_at_the_sign_in_page(self, browser, core):
        browser.holds(core.expired_session())

        assert follow(browser, self.page()) == ("/auth", 4)
        assert browser.has("sAccessToken") is None
        assert browser.has("stRefreshEvidence").startswith("failed.")

    def test_a_script_refreshes(self, browser, core):
        issued = browser.holds(core.expired_session())

        answer = browser.call(handlers.auth, "/auth/session/refresh", {})

        assert answer.status == 401
        self.assert_clears(answer, "sAccessToken")
        assert core.has(issued.handle)

    def test_an_app_that_keeps_its_tokens_itself_refreshes(self, browser, core):
        headers = {"authorization": f"Bearer {core.session().refresh_token}", "st-auth-mode": "header"}

        answer = browser.call(handlers.auth, "/auth/session/refresh", {}, headers=headers)

        assert (answer.status, bool(answer.headers["st-refresh-token"])) == (200, True)

    # What would become of a session that was: why it is not.

    @pytest.fixture
    def refreshing(self, monkeypatch):
        monkeypatch.setattr(alb_single_value, "_NOT_READ", None)

    @pytest.fixture
    def carrying_the_refresh_token(self, monkeypatch):
        monkeypatch.setattr(alb_single_value, "_ORDER", {("sRefreshToken", True): 0})

    def test_with_new_access_tokens_alone_it_would_be_taken_for_stolen(self, browser, core, records, clock, refreshing):
        handle = self.from_elsewhere(browser)
        page = self.page()

        clock.forward(3601)
        assert follow(browser, page) == ("/dashboard", 4)
        clock.forward(3601)
        assert follow(browser, page) == ("/auth", 4)

        assert records.reasons.count("token-theft") == 1
        assert not core.has(handle)

    def test_with_new_refresh_tokens_alone_it_would_go_round_in_circles(
        self, browser, core, clock, refreshing, carrying_the_refresh_token
    ):
        self.from_elsewhere(browser)
        page = self.page()
        core.calls.clear()

        clock.forward(3601)

        # The evidence ends what nothing else would, after a rotation that nobody has anything of.
        assert browser.open(handlers.auth, REFRESH).sets("sRefreshToken")
        assert browser.open(page).status == 302
        assert core.asked("/session/refresh")

    def from_elsewhere(self, browser):
        """Sign in where several cookies are carried."""
        browser.event_source = ALB
        token = signed_in(browser).cookie("sAccessToken").value
        browser.event_source = self.event_source
        return jwt.decode(token, options={"verify_signature": False})["sessionHandle"]


class TestLattice(Conformance):
    event_source = LATTICE
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


@pytest.mark.parametrize(("event_source", "kind"), TOLD, ids=[kind.__name__ for _, kind in TOLD])
def test_the_event_source_is_told(event_source, kind):
    found = event_source_of(event_source.event(visits.Visit(headers=(("host", "example.com"),))))

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
    assert type(event_source_of(REST.event(visits.Visit()) | changed)) is kind


@pytest.mark.parametrize("found", [None, [], "x", {}, {"source": "serverless-plugin-warmup"}, {"Records": [{}]}])
def test_what_is_no_http_event_comes_through_no_event_source(found):
    assert event_source_of(found) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "event_source", [event_source for event_source, _ in TOLD], ids=[kind.__name__ for _, kind in TOLD]
)
@given(data=st.data())
def test_any_event_is_read_or_refused(event_source, data):
    usual = event_source.event(visits.Visit("POST", "/x?a=b", (("host", "example.com"),), ("a=b",), b"a=b"))
    names = st.sampled_from(sorted(usual)) | st.text(max_size=5)
    changed: Any = data.draw(st.dictionaries(names, JSON, max_size=3) | JSON)
    event = usual | changed if isinstance(changed, dict) else changed
    found = event_source_of(event)
    if found is not None:
        try:
            request = found.request(event, "/dev")
        except EventError:
            return
        request.form()
        assert request.parameters is not None
