"""APIs of the templates in tests/vectors, over HTTP: their hosts, CORS, and authorizers of every kind."""

import io
import json
import shutil
from contextlib import contextmanager

import httpx
import pytest

from supertokens_lambda_local.server import running

from .conftest import ROOT

VECTORS = ROOT / "tests/vectors/templates"
AUTH = """
import json

def handler(event, context):
    print(json.dumps(event))
    policy = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event.get("methodArn")}
    if "routeArn" in event:
        return {"isAuthorized": True, "context": {"asked": event["version"]}}
    asked = {"asked": event["type"] + event.get("version", ""), "token": event.get("authorizationToken", "")}
    return {"principalId": "x", "policyDocument": {"Statement": [policy]}, "context": asked}

def page(event, context):
    authorizer = event["requestContext"]["authorizer"]
    return {"statusCode": 200, "body": json.dumps(authorizer.get("lambda", authorizer))}
"""


@contextmanager
def served(template, **options):
    environment = {"SUPERTOKENS_CONNECTION_URI": "http://core.invalid"}
    output = io.StringIO()
    with (
        running(template, environment=environment, output=output, **options) as url,
        httpx.Client(base_url=url, timeout=20) as client,
    ):
        yield client, output


@pytest.fixture(scope="module")
def cors():
    with served(VECTORS / "cors.yaml") as (client, _):
        yield client


PREFLIGHT = {
    "Origin": "http://localhost:5173",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "rid",
}


def cors_of(answer):
    return {name[15:]: value for name, value in answer.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("path", ["/calls", "/nothing"])
def test_a_preflight_is_answered_by_the_api(cors, path):
    answer = cors.options(path, headers=PREFLIGHT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert cors_of(answer) == {
        "allow-origin": "http://localhost:5173",
        "allow-credentials": "true",
        "allow-methods": "GET,POST",
        "allow-headers": "content-type,rid",
        "expose-headers": "front-token",
    }


def test_a_preflight_of_another_origin_is_told_nothing(cors):
    answer = cors.options("/calls", headers={**PREFLIGHT, "Origin": "http://localhost:5174"})
    assert (answer.status_code, cors_of(answer)) == (204, {})


def test_calls_are_told_of_cors(cors):
    answer = cors.get("/calls", headers={"Origin": "http://localhost:5173"})
    assert answer.status_code == 200
    assert cors_of(answer) == {
        "allow-origin": "http://localhost:5173",
        "allow-credentials": "true",
        "expose-headers": "front-token",
    }
    assert cors_of(cors.get("/calls", headers={"Origin": "http://other.example"})) == {}
    assert cors_of(cors.get("/calls")) == {}
    assert cors.options("/calls").status_code == 404


def test_a_rest_api_answers_preflights_as_sam_has_it(tmp_path):
    (tmp_path / "app.py").write_text("def x(event, context): return {'statusCode': 200}")
    cors = "{AllowOrigin: \"'https://a.example'\", AllowHeaders: \"'rid'\", AllowCredentials: true}"
    properties = "Runtime: python3.13, Handler: app.x, CodeUri: ."
    events = "{E: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /p, Method: GET}}}"
    (tmp_path / "template.yaml").write_text(f"""
Resources:
  Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: live, Cors: {cors}}}}}
  Page: {{Type: AWS::Serverless::Function, Properties: {{{properties}, Events: {events}}}}}
""")
    with served(tmp_path / "template.yaml") as (client, _):
        answer = client.options("/live/p", headers=PREFLIGHT)
        assert answer.status_code == 200
        assert cors_of(answer) == {
            "allow-origin": "https://a.example",
            "allow-headers": "rid",
            "allow-credentials": "true",
            "allow-methods": "GET,OPTIONS",
        }
        assert client.get("/p").status_code == 403


def test_each_api_is_at_a_host(tmp_path):
    with served(VECTORS / "two_apis.yaml") as (client, output):
        at_admin = {"Host": f"adminapi.localhost:{client.base_url.port}"}
        assert client.get("/refresh-session").json()["requestContext"]["domainName"] == "localhost"
        event = client.get("/", headers=at_admin).json()
        assert event["requestContext"]["domainName"] == "adminapi.localhost"
        assert client.get("/refresh-session", headers=at_admin).status_code == 404
    assert "adminapi.localhost  GET /" in output.getvalue()


def test_authorizers_are_asked_as_their_kind_and_format_are(tmp_path):
    shutil.copy(VECTORS / "tokenauth.yaml", tmp_path)
    (tmp_path / "authcode").mkdir()
    (tmp_path / "authcode/auth.py").write_text(AUTH)
    with served(tmp_path / "tokenauth.yaml") as (client, output):
        assert client.get("/prod/p").status_code == 401
        answer = client.get("/prod/p", headers={"Authorization": "Bearer abc"})
        assert answer.json()["asked"] == "TOKEN"
        assert answer.json()["token"] == "Bearer abc"
        host = {"Host": "sub.localhost"}
        assert client.get("/q", headers=host).json() == {"asked": "2.0"}
        assert client.get("/r", headers=host).json()["asked"] == "REQUEST1.0"
    asked = [json.loads(line) for line in output.getvalue().splitlines() if line.strip().startswith('{"type"')]
    assert [event["type"] for event in asked] == ["TOKEN", "REQUEST", "REQUEST"]
    assert asked[0].keys() == {"type", "methodArn", "authorizationToken"}


def test_a_token_that_is_not_as_the_authorizer_wants_it_is_not_asked_about(tmp_path):
    text = (VECTORS / "tokenauth.yaml").read_text()
    wanted = "{FunctionArn: !GetAtt Guard.Arn, Identity: {ValidationExpression: 'Bearer .+'}}"
    (tmp_path / "template.yaml").write_text(text.replace("{FunctionArn: !GetAtt Guard.Arn}", wanted, 1))
    (tmp_path / "authcode").mkdir()
    (tmp_path / "authcode/auth.py").write_text(AUTH)
    with served(tmp_path / "template.yaml") as (client, output):
        assert client.get("/prod/p", headers={"Authorization": "Basic abc"}).status_code == 401
    assert '"TOKEN"' not in output.getvalue()
