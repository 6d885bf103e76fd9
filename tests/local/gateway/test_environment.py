from pathlib import Path

import pytest

from supertokens_lambda_local.gateway.environment import given_environment, process_environment, toolkit_environment
from supertokens_lambda_local.template.model import Function


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    for name in ("AWS_PROFILE", "SUPERTOKENS_APP_NAME", "SECRET_OF_THIS_MACHINE", "PYTHONHASHSEED", "LC_ALL"):
        monkeypatch.setenv(name, "machine")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "machine")
    monkeypatch.setenv("HTTPS_PROXY", "machine")


def test_a_function_sees_its_own_variables_and_little_of_the_machine():
    function = Function(
        "Page", Path("/code"), "app.handler", environment={"OWN": "own", "BOTH": "own"}, memory_size=512
    )
    environment = process_environment(function, {"BOTH": "extra"})
    assert {name for name, value in environment.items() if value == "machine"} == {"PYTHONHASHSEED", "LC_ALL"}
    assert "SECRET_OF_THIS_MACHINE" not in environment
    assert "AWS_PROFILE" not in environment
    assert (
        environment.items()
        >= {
            "OWN": "own",
            "BOTH": "extra",
            "AWS_LAMBDA_FUNCTION_NAME": "Page",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_REGION": "us-east-1",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_TASK_ROOT": "/code",
        }.items()
    )


@pytest.mark.parametrize(
    "name", ["SUPERTOKENS_API_KEY_PARAMETER", "SUPERTOKENS_API_KEY_SECRET", "SUPERTOKENS_REFRESH_TABLE"]
)
def test_where_the_cloud_keeps_things_is_left_out_unless_it_is_asked_for(name):
    function = Function("Page", Path("/code"), "app.handler", environment={name: "/key"})
    assert name not in process_environment(function, {})
    assert process_environment(function, {name: "/other"})[name] == "/other"


def test_what_the_developer_sets_comes_first():
    given = given_environment({"A": "chosen", "SUPERTOKENS_COOKIE_DOMAIN": "chosen"})
    assert given["SUPERTOKENS_APP_NAME"] == "machine"
    assert given["A"] == given["SUPERTOKENS_COOKIE_DOMAIN"] == "chosen"
    assert toolkit_environment("http://core", "http://app", {"SUPERTOKENS_API_DOMAIN": "https://other"}) == {
        "SUPERTOKENS_CONNECTION_URI": "http://core",
        "SUPERTOKENS_API_DOMAIN": "https://other",
        "SUPERTOKENS_WEBSITE_DOMAIN": "http://app",
    }


@pytest.mark.parametrize(
    ("own", "given", "sender"),
    [
        ({}, {}, "no-reply@localhost"),
        ({"SUPERTOKENS_EMAIL_SENDER": ""}, {}, "no-reply@localhost"),
        ({"SUPERTOKENS_EMAIL_SENDER": "shop@example.com"}, {}, "shop@example.com"),
        ({}, {"SUPERTOKENS_EMAIL_SENDER": "shop@example.com"}, "shop@example.com"),
    ],
)
def test_e_mails_have_a_sender_on_this_machine(own, given, sender):
    function = Function("Page", Path("/code"), "app.handler", environment=own)
    assert process_environment(function, given)["SUPERTOKENS_EMAIL_SENDER"] == sender
