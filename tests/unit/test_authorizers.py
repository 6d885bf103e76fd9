import json
from pathlib import Path

import pytest

from supertokens_lambda.authorizers import (
    UnavailableError,
    appsync_authorizer,
    http_api_authorizer,
    rest_api_authorizer,
    websocket_authorizer,
)
from supertokens_lambda.testing import ApiGateway, SigningKey

API = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
REFRESH = "/Prod/refresh-session?redirectBack=/Prod/orders/1%3Fq%3Da%2520b"


def context_of(issued):
    return {
        "userId": issued.user_id,
        "recipeUserId": issued.user_id,
        "tenantId": "public",
        "sessionHandle": issued.handle,
    }


def documented(kind):
    """Give the event that AWS documents, of a visitor who is not signed in."""
    return json.loads((Path(__file__).parents[1] / f"authorizer_events/{kind}.json").read_text())


class TestDocumentedEvents:
    def test_http_api(self, toolkit, core):
        event, issued = documented("http-api"), core.session()

        assert http_api_authorizer(anti_csrf_check=False)(event, None) == {"isAuthorized": False}
        event["cookies"].append(f"sAccessToken={issued.access_token}")
        assert http_api_authorizer(anti_csrf_check=False)(event, None)["context"] == context_of(issued)

    def test_rest_api(self, toolkit, core):
        event, issued = documented("rest-api"), core.session()

        with pytest.raises(Exception, match=r"^Unauthorized$"):
            rest_api_authorizer()(event, None)
        event["headers"]["Accept"] = "text/html"
        denial = {"location": "/refresh-session?redirectBack=/request%3FQueryString1%3DqueryValue1"}
        assert rest_api_authorizer()(event, None)["context"] == denial
        event["headers"]["Cookie"] = f"sAccessToken={issued.access_token}"
        assert rest_api_authorizer()(event, None)["context"] == context_of(issued)

    def test_websocket(self, toolkit, core):
        event, issued = documented("websocket"), core.session()

        with pytest.raises(Exception, match=r"^Unauthorized$"):
            websocket_authorizer()(event, None)
        event["multiValueHeaders"]["Cookie"] = [f"sAccessToken={issued.access_token}"]
        assert websocket_authorizer()(event, None)["context"] == context_of(issued)

    def test_appsync(self, toolkit, core):
        event, issued = documented("appsync"), core.session()

        assert not appsync_authorizer()(event, None)["isAuthorized"]
        event["authorizationToken"] = event["requestHeaders"]["authorization"] = issued.access_token
        assert appsync_authorizer()(event, None)["resolverContext"] == context_of(issued)


class TestHttpApi:
    def event(self, browser, **more):
        # Format 2.0 of an authorizer is that of a function, less the body, and with these.
        event = browser.event("/orders/1", **more)
        event.pop("body", None)
        return event | {"type": "REQUEST", "routeArn": f"{API}/$default/GET/orders/1", "identitySource": ["a=b"]}

    def test_a_session_is_let_in_and_told(self, browser, core):
        issued = browser.holds(core.session())

        answer = http_api_authorizer()(self.event(browser), None)

        assert answer == {"isAuthorized": True, "context": context_of(issued)}

    @pytest.mark.parametrize("state", ["none", "expired", "of another key", "malformed"])
    def test_nobody_else_is(self, browser, core, state):
        event = self.event(browser)
        match state:
            case "expired":
                browser.holds(core.expired_session())
                event = self.event(browser)
            case "of another key":
                event["cookies"] = [f"sAccessToken={SigningKey().access_token()}"]
            case "malformed":
                event["headers"] = 5

        assert http_api_authorizer()(event, None) == {"isAuthorized": False}

    def test_a_post_wants_its_protection(self, toolkit, browser, core):
        toolkit(ANTI_CSRF="VIA_CUSTOM_HEADER")
        browser.holds(core.session())

        assert not http_api_authorizer()(self.event(browser, method="POST"), None)["isAuthorized"]
        with_rid = self.event(browser, method="POST", headers={"rid": "anti-csrf"})
        assert http_api_authorizer()(with_rid, None)["isAuthorized"]

    def test_a_session_that_was_revoked_is_not_let_in_where_the_core_is_asked(self, browser, core):
        issued = browser.holds(core.session())
        core.post("/recipe/session/remove", sessionHandles=[issued.handle])

        assert http_api_authorizer()(self.event(browser), None)["isAuthorized"]
        assert not http_api_authorizer(check_database=True)(self.event(browser), None)["isAuthorized"]

    def test_not_to_know_is_an_error(self, browser, core, failing_soon):
        browser.holds(core.session())

        with failing_soon((500, "oops"), at="/recipe"), pytest.raises(UnavailableError):
            http_api_authorizer(check_database=True)(self.event(browser), None)


class TestRestApi:
    @pytest.fixture(autouse=True)
    def stage(self, browser, toolkit):
        toolkit(API_GATEWAY_PATH="/Prod")
        browser.event_source = ApiGateway("rest-api", "Prod")

    def event(self, browser, **more):
        event = browser.event("/Prod/orders/1?q=a%20b", **more)
        return event | {"type": "REQUEST", "methodArn": f"{API}/Prod/GET/orders/1"}

    def test_a_session_is_let_in_to_what_was_asked_for_and_told(self, browser, core):
        issued = browser.holds(core.session())

        answer = rest_api_authorizer()(self.event(browser), None)

        assert answer["principalId"] == issued.user_id
        assert answer["context"] == context_of(issued)
        assert answer["policyDocument"] == {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{API}/Prod/GET/orders/1"}],
        }

    def test_an_asterisk_in_a_path_opens_no_other(self, browser, core):
        browser.holds(core.session())
        event = self.event(browser) | {"methodArn": f"{API}/Prod/GET/orders/*/x?"}

        (statement,) = rest_api_authorizer()(event, None)["policyDocument"]["Statement"]

        assert statement["Resource"] == f"{API}/Prod/GET/orders/?/x?"

    def test_a_page_is_denied_and_told_where_to_go(self, browser, core):
        browser.holds(core.expired_session())

        answer = rest_api_authorizer()(self.event(browser), None)

        assert answer["context"] == {"location": REFRESH}
        (statement,) = answer["policyDocument"]["Statement"]
        assert (statement["Effect"], statement["Resource"]) == ("Deny", f"{API}/Prod/GET/orders/1")

    @pytest.mark.parametrize("more", [{"page": False}, {"method": "POST"}])
    def test_anything_else_is_told_401_by_api_gateway(self, browser, core, more):
        browser.holds(core.expired_session())

        with pytest.raises(Exception, match=r"^Unauthorized$"):
            rest_api_authorizer()(self.event(browser, **more), None)

    def test_a_malformed_event_is(self, browser):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            rest_api_authorizer()(self.event(browser) | {"multiValueHeaders": "x"}, None)

    def test_not_to_know_is_another_error(self, browser, core, failing_soon):
        browser.holds(core.session())

        with failing_soon((500, "oops"), at="/recipe"), pytest.raises(UnavailableError):
            rest_api_authorizer(check_database=True)(self.event(browser), None)


class TestWebSocket:
    @pytest.fixture(autouse=True)
    def split(self, toolkit):
        toolkit(WEBSITE_DOMAIN="https://app.example.com", API_DOMAIN="https://example.com")

    def event(self, browser, **headers):
        sent = {
            "Host": "socket.example.com",
            "Upgrade": "websocket",
            "Cookie": "; ".join(browser.event("/").get("cookies", ["a=b"])),
        }
        return {
            "type": "REQUEST",
            "methodArn": f"{API}/live/$connect",
            "headers": sent | headers,
            "multiValueHeaders": {name: [value] for name, value in (sent | headers).items()},
            "requestContext": {"routeKey": "$connect", "eventType": "CONNECT", "stage": "live"},
        }

    @pytest.mark.parametrize(
        "origin",
        [{"Origin": "https://app.example.com"}, {"Origin": "https://example.com"}, {}],
        ids=["the website", "the API", "no browser"],
    )
    def test_a_session_is_let_in(self, browser, core, origin):
        issued = browser.holds(core.session())

        answer = websocket_authorizer()(self.event(browser, **origin), None)

        assert answer["context"] == context_of(issued)
        assert answer["policyDocument"]["Statement"][0]["Resource"] == f"{API}/live/$connect"

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "https://app.example.com.evil.example", "http://app.example.com", ""]
    )
    def test_another_sites_handshake_is_refused(self, browser, core, origin):
        browser.holds(core.session())

        with pytest.raises(Exception, match=r"^Unauthorized$"):
            websocket_authorizer()(self.event(browser, Origin=origin), None)

    def test_what_is_no_handshake_is_refused(self, browser):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            websocket_authorizer()(self.event(browser) | {"multiValueHeaders": "x"}, None)

    def test_nobody_else_is_let_in(self, browser, core):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            websocket_authorizer()(self.event(browser), None)
        browser.holds(core.expired_session())

        with pytest.raises(Exception, match=r"^Unauthorized$"):
            websocket_authorizer()(self.event(browser), None)

    def test_not_to_know_is_another_error(self, browser, core, failing_soon):
        browser.holds(core.session())

        with failing_soon((500, "oops"), at="/recipe"), pytest.raises(UnavailableError):
            websocket_authorizer(check_database=True)(self.event(browser), None)


class TestAppSync:
    def event(self, token, **headers):
        context = {"apiId": "a", "accountId": "1", "requestId": "r", "queryString": "query { me }", "variables": {}}
        return {"authorizationToken": token, "requestContext": context, "requestHeaders": headers}

    @pytest.mark.parametrize("prefix", ["", "Bearer "])
    def test_a_token_is_let_in_and_told(self, toolkit, core, prefix):
        issued = core.session()

        answer = appsync_authorizer()(self.event(prefix + issued.access_token), None)

        assert answer == {"isAuthorized": True, "resolverContext": context_of(issued), "ttlOverride": 0}

    def test_so_is_a_cookie(self, toolkit, core):
        issued = core.session()

        answer = appsync_authorizer()(self.event("custom", cookie=f"sAccessToken={issued.access_token}"), None)

        assert answer["isAuthorized"]

    @pytest.mark.parametrize("token", ["", "custom", "Bearer ", None])
    def test_nobody_else_is(self, toolkit, token):
        assert appsync_authorizer()(self.event(token), None) == {"isAuthorized": False, "ttlOverride": 0}

    def test_what_is_no_request_is_not(self, toolkit):
        event = self.event("custom") | {"requestHeaders": "x"}
        assert appsync_authorizer()(event, None) == {"isAuthorized": False, "ttlOverride": 0}

    def test_an_expired_token_is_not(self, toolkit, core):
        assert not appsync_authorizer()(self.event(core.expired_session().access_token), None)["isAuthorized"]

    def test_not_to_know_is_an_error(self, toolkit, core, failing_soon):
        event = self.event(core.session().access_token)

        with failing_soon((500, "oops"), at="/recipe"), pytest.raises(UnavailableError):
            appsync_authorizer(check_database=True)(event, None)
