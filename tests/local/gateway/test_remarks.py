from pathlib import Path

from supertokens_lambda_local.gateway.remarks import remarks
from supertokens_lambda_local.template.model import Application, Function

ORIGINS = {"SUPERTOKENS_API_DOMAIN": "http://localhost:3000", "SUPERTOKENS_WEBSITE_DOMAIN": "http://localhost:3000"}
HERE = {**ORIGINS, "SUPERTOKENS_CONNECTION_URI": "http://127.0.0.1:1"}


def function(name, **variables):
    return Function(name, Path("/code"), "app.handler", environment=variables)


def lines(*functions):
    return list(remarks(Application(functions, ()), HERE))


def test_what_the_gateway_sets_in_the_templates_place_is_told():
    given = function(
        "Page", SUPERTOKENS_API_DOMAIN="https://example.com", SUPERTOKENS_CONNECTION_URI="http://127.0.0.1:1"
    )
    assert lines(given) == ["Set for this machine, and not as in the template: SUPERTOKENS_API_DOMAIN"]
    assert lines(function("Page", OTHER="x")) == []


def test_settings_with_which_a_function_does_not_start_are_told_once():
    wrong = {"SUPERTOKENS_COOKIE_DOMAIN": "a b"}
    [line] = lines(function("One", **wrong), function("Two", **wrong), function("Three"), function("Good", **ORIGINS))
    assert line.startswith("One, Two will not start: ")
    assert "SUPERTOKENS_COOKIE_DOMAIN" in line
