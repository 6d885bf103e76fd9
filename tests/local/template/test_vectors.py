"""Templates that were once refused, misread or crashed on, each read as AWS reads it."""

from pathlib import Path

import pytest

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.api_model import Authorizer, Cors
from supertokens_lambda_local.template.reader import read_template

VECTORS = Path(__file__).parents[2] / "vectors/templates"
AUTH = {"ANY /auth", "ANY /auth/{proxy+}", "GET /refresh-session"}


def read(name):
    return read_template(VECTORS / f"{name}.yaml")


def keys(application, function):
    return {route.key for route in application.routes if route.function == function}


def test_a_list_of_origins_is_a_list():
    application = read("clist")
    [function] = application.functions
    assert function.environment["JOINED"] == "https://www.example.com|https://admin.example.com"
    assert function.environment["SUPERTOKENS_WEBSITE_DOMAIN"] == "https://www.example.com"
    assert application.apis[0].cors.origins == ("https://www.example.com", "https://admin.example.com")


def test_cors_of_an_http_api():
    [api] = read("cors").apis
    assert api.cors == Cors(
        ("http://localhost:5173",), ("GET", "POST"), ("content-type", "rid"), ("front-token",), True
    )


@pytest.mark.parametrize("name", ["foreach", "inline", "kms", "two_apis"])
def test_the_routes_of_events(name):
    assert keys(read(name), "Auth") >= AUTH


@pytest.mark.parametrize("name", ["openapi", "ifpath"])
def test_the_routes_of_a_definition(name):
    application = read(name)
    assert keys(application, "Auth") == {"GET /auth", "ANY /auth/{proxy+}", "GET /refresh-session"}
    assert keys(application, "Page") == {"GET /dashboard"}


def test_the_routes_of_plain_cloudformation():
    application = read("plainroutes")
    assert keys(application, "Auth") == AUTH
    assert {route.event_source for route in application.routes} == {"http-api-2.0"}


def test_the_table_of_refreshes_with_a_key_of_its_own():
    application = read("kms")
    [table] = application.tables
    assert (table.name, table.key, table.expires_by) == ("Table", (("id", "HASH"),), "expiration")
    assert application.functions[0].references == {"SUPERTOKENS_REFRESH_TABLE": "Table"}
    assert "dynamodb:PutItem" in application.functions[0].actions


def test_code_in_the_template():
    ping = next(function for function in read("inline").functions if function.name == "Ping")
    assert ping.source.startswith("def handler(event, context):")
    assert not ping.unavailable


def test_apis_with_the_same_route():
    application = read("two_apis")
    assert [api.name for api in application.apis] == ["ServerlessHttpApi", "AdminApi"]
    assert {(route.api, route.function) for route in application.routes if route.key == "GET /"} == {
        ("ServerlessHttpApi", "Auth"),
        ("AdminApi", "Admin"),
    }


def test_authorizers_are_of_the_kind_and_format_that_aws_takes():
    routes = {route.path: route.authorizer for route in read("tokenauth").routes}
    assert routes == {
        "/p": Authorizer("Guard", ("header.authorization",), kind="token", ttl=300),
        "/q": Authorizer("Guard", is_simple=True),
        "/r": Authorizer("Guard", format="1.0"),
    }


def test_what_aws_refuses_is_refused_in_its_words():
    with pytest.raises(TemplateError, match=r"'Auth\.DefaultAuthorizer' should be a string\.$"):
        read("authref2")
