"""The example of WebSocket and GraphQL APIs: what its template names, called as AWS calls it."""

import importlib.util
import json
from pathlib import Path

import pytest

from supertokens_lambda_local.template.syntax import load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/live"
RESOURCES = load((EXAMPLE / "template.yaml").read_text())["Resources"]


@pytest.fixture
def handler():
    def handler(name):
        properties = RESOURCES[name]["Properties"]
        module, _, function = properties["Handler"].partition(".")
        spec = importlib.util.spec_from_file_location(module, EXAMPLE / properties["CodeUri"] / f"{module}.py")
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        return getattr(loaded, function)

    return handler


def event(kind):
    return json.loads((ROOT / f"tests/authorizer_events/{kind}.json").read_text())


def test_who_has_a_session_may_connect_and_is_known_with_each_message(toolkit, core, handler):
    issued, connect = core.session(), event("websocket")
    connect["multiValueHeaders"]["Cookie"] = [f"sAccessToken={issued.access_token}"]
    policy = handler("ConnectionsAuthorizer")(connect, None)

    context = connect["requestContext"] | {"authorizer": policy["context"] | {"principalId": policy["principalId"]}}
    assert handler("SocketFunction")({"requestContext": context}, None) == {"statusCode": 200, "body": ""}
    message = {"requestContext": context | {"eventType": "MESSAGE", "routeKey": "$default"}, "body": "hello"}
    assert handler("SocketFunction")(message, None)["body"] == f"Hello {issued.user_id}"


def test_nobody_else_may_connect(toolkit, handler):
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler("ConnectionsAuthorizer")(event("websocket"), None)


def test_a_query_is_told_who_asks(toolkit, core, handler):
    issued, query = core.session(), event("appsync")
    query["authorizationToken"] = issued.access_token

    assert handler("QueriesAuthorizer")(query, None)["resolverContext"]["userId"] == issued.user_id
    assert "context.identity.resolverContext.userId" in RESOURCES["Me"]["Properties"]["Code"]


def test_nobody_else_may_ask(toolkit, handler):
    assert handler("QueriesAuthorizer")(event("appsync"), None) == {"isAuthorized": False, "ttlOverride": 0}
