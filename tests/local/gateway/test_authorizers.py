"""Functions and backends behind authorizers, which answer what a test says."""

import json

import pytest

from .conftest import run

HOSTS = {"/http/": "http.localhost", "/plain/": "text.localhost"}
LIVE = "arn:aws:execute-api:us-east-1:123456789012:local/live"


@pytest.fixture(scope="module")
def app():
    yield from run("guarded", HOSTS)


def policy(*statements, **context):
    found = [
        {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource} for effect, resource in statements
    ]
    return {
        "principalId": "somebody",
        "policyDocument": {"Version": "2012-10-17", "Statement": found},
        "context": context,
    }


def ask(app, path, answer=None, **headers):
    said = {} if answer is None else {"X-Answer": json.dumps(answer)}
    return app.client.get(path, headers=said | headers)


class TestRestApi:
    @pytest.mark.parametrize("resource", ["*", f"{LIVE}/*", f"{LIVE}/GET/rest/page", f"{LIVE}/???/*", ["x", "*"]])
    def test_a_policy_that_allows_lets_through_and_tells_the_function(self, app, resource):
        answer = ask(app, "/live/rest/page", policy(("Allow", resource), user="ada", number=5, flag=True))

        assert answer.json() == {"principalId": "somebody", "user": "ada", "number": 5, "flag": True}

    @pytest.mark.parametrize(
        "statements",
        [
            [("Deny", "*")],
            [("Allow", "*"), ("Deny", f"{LIVE}/GET/*")],
            [("Allow", f"{LIVE}/POST/*")],
            [("Allow", f"{LIVE}/GET/rest/pag[e]")],
            [],
        ],
    )
    def test_any_other_turns_away_and_is_told_by_the_gateway_response(self, app, statements):
        answer = ask(app, "/live/rest/page", policy(*statements, location="/refresh-session?redirectBack=/a%3Fb"))

        assert answer.status_code == 302
        assert answer.headers["location"] == "/refresh-session?redirectBack=/a%3Fb"
        assert answer.headers["x-literal"] == "a"
        assert "x-other" not in answer.headers

    def test_an_error_of_one_message_is_401(self, app):
        answer = ask(app, "/live/rest/page", **{"X-Error": "Unauthorized"})

        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
        assert "ValueError" not in app.said("GET /live/rest/page 401")

    @pytest.mark.parametrize(
        "answer",
        [
            None,
            [],
            "yes",
            {},
            {"isAuthorized": True},
            policy(("Allow", "*"), nested={"a": 1}),
            policy(("Allow", "*")) | {"context": "x"},
            {"policyDocument": policy(("Allow", "*"))["policyDocument"]},
            {"principalId": "a", "policyDocument": {"Statement": [{"Effect": "Allow"}]}},
        ],
    )
    def test_an_answer_that_is_none_is_an_error(self, app, answer):
        # The API gives every error of its own this status.
        assert ask(app, "/live/rest/page", [answer] if answer is None else answer).status_code == 503

    def test_so_is_any_other_error(self, app):
        answer = ask(app, "/live/rest/page", **{"X-Error": "unauthorized"})

        assert (answer.status_code, answer.json()) == (503, {"message": None})
        assert "ValueError: unauthorized" in app.said(r"GET /live/rest/page 503 .*\n    ValueError")

    def test_the_authorizer_gets_the_event_without_its_body(self, app):
        allowed = policy(("Allow", "*")) | {"context": "the event"}
        event = json.loads(ask(app, "/live/rest/page?a=%20b", allowed).json()["event"])

        assert event["type"] == "REQUEST"
        assert event["methodArn"] == f"{LIVE}/GET/rest/page"
        assert event["requestContext"]["path"] == "/live/rest/page"
        assert event["multiValueQueryStringParameters"] == {"a": [" b"]}
        assert "body" not in event


class TestHttpApi:
    def test_yes_lets_through_and_tells_the_function(self, app):
        answer = ask(app, "/http/simple?key=1", {"isAuthorized": True, "context": {"user": "ada"}})

        assert answer.json() == {"lambda": {"user": "ada"}}
        assert "asked REQUEST" in app.said("GET /http/simple.*200")

    def test_format_1_0_has_it_one_level_higher(self, app):
        answer = ask(app, "/http/format-1?key=1", {"isAuthorized": True, "context": {"user": "ada"}})

        assert answer.json() == {"user": "ada"}

    def test_no_turns_away(self, app):
        answer = ask(app, "/http/simple?key=1", {"isAuthorized": False, "context": {"location": "/x"}})

        assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
        assert "location" not in answer.headers

    @pytest.mark.parametrize(
        ("path", "answer"), [("/http/simple", {"isAuthorized": True}), ("/http/simple?key=1", None)]
    )
    def test_nobody_is_asked_where_an_identity_source_is_missing(self, app, path, answer):
        refused = ask(app, path, answer)

        assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})

    @pytest.mark.parametrize("answer", [{}, {"isAuthorized": "true"}, policy(("Allow", "*"))])
    def test_an_answer_that_is_none_is_an_error(self, app, answer):
        refused = ask(app, "/http/simple?key=1", answer)

        assert (refused.status_code, refused.json()) == (500, {"message": "Internal Server Error"})

    def test_a_policy_will_do(self, app):
        assert ask(app, "/http/policy", policy(("Allow", "*"), a=1)).json() == {
            "lambda": {"principalId": "somebody", "a": 1}
        }
        assert ask(app, "/http/policy", policy(("Deny", "*"))).status_code == 403

    def test_the_authorizer_gets_the_event_without_its_body(self, app):
        allowed = {"isAuthorized": True, "context": "the event"}
        event = json.loads(ask(app, "/http/simple?key=1", allowed, Cookie="a=b").json()["lambda"]["event"])

        assert (event["version"], event["type"]) == ("2.0", "REQUEST")
        assert event["routeArn"] == "arn:aws:execute-api:us-east-1:123456789012:local/$default/GET/http/simple"
        assert event["identitySource"] == [json.dumps(allowed), "1"]
        assert event["cookies"] == ["a=b"]
        assert "body" not in event

    def test_a_route_can_do_without(self, app):
        assert ask(app, "/http/open").json() is None

    def test_another_kind_of_authorizer_is_left_out_and_told(self, app):
        assert ask(app, "/http/cognito").json() is None
        assert "Left out: the authorizer Cognito, since only the template's functions authorize here" in app.said(
            "Left"
        )
