"""The policy of each function allows exactly the calls of AWS that it makes on the ways through the application."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.support.aws import aws_server
from tests.support.core import Core
from tests.support.http_browser import Browser
from tests.support.policies import actions_of, statements_of
from tests.support.refresh_table import create_refresh_table

from supertokens_lambda_local.template.parameters import Parameters
from supertokens_lambda_local.template.syntax import load
from supertokens_lambda_local.template.values import Values

from .conftest import ROOT, App, run_app

TEMPLATE = load((ROOT / "template.yaml").read_text())
KEY = "/supertokens/key"
# The parameter that names the API key, the setting it becomes, and what creates the key.
KEYS = {
    "ApiKeySecret": ("SUPERTOKENS_API_KEY_SECRET", "secretsmanager", "create_secret", {"SecretString": "of-a-test"}),
    "ApiKeyParameter": (
        "SUPERTOKENS_API_KEY_PARAMETER",
        "ssm",
        "put_parameter",
        {"Value": "of-a-test", "Type": "String"},
    ),
}


class Calls(set[tuple[str, str]]):
    """Which function asked for which action; a function signs with its own name as its access key."""

    def see(self, environ: dict[str, Any]) -> None:
        found = re.search(r"Credential=(\w+Function)/[^/]+/[^/]+/(\w+)/", environ.get("HTTP_AUTHORIZATION", ""))
        if found is not None:
            operation = environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2]
            self.add((found[1], f"{found[2]}:{operation}"))


def signing_with_names(folder: Path) -> Path:
    """Write a copy of the template in which each function has credentials of its own."""
    template = json.loads(json.dumps(TEMPLATE))
    for name, resource in template["Resources"].items():
        properties = resource["Properties"]
        for place in {"CodeUri", "ContentUri"} & properties.keys():
            properties[place] = str(ROOT / properties[place])
        if resource["Type"] == "AWS::Serverless::Function":
            variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
            variables["AWS_ACCESS_KEY_ID"] = name
    file = folder / "template.yaml"
    file.write_text(json.dumps(template))
    return file


def allowed(parameter: str) -> set[tuple[str, str]]:
    """Return which actions the policies allow each function, with the API key named by a parameter."""
    values = Values(TEMPLATE, Parameters(TEMPLATE, {parameter: KEY}))

    return {
        (name, action)
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
        for policy in resource["Properties"].get("Policies", [])
        for statement in statements_of(policy, TEMPLATE["Resources"], lambda name: values.condition(name) is True)
        for action in actions_of(statement)
    }


def visit_everything(app: App) -> None:
    """Go every way on which a function of the sample asks AWS."""
    with closing(Browser(app.url)) as browser:
        account = app.sign_up(browser)
        assert browser.fetch("GET", f"/auth/emailpassword/email/exists?email={account.email}").status_code == 200
        assert browser.fetch("POST", "/auth/signout").status_code == 200
    # The first page after a refresh asks the core, for which it needs the API key.
    for page in ("/", "/dashboard", "/reports/q3", "/account"):
        with closing(Browser(app.url)) as browser:
            app.sign_in_hours_ago(browser, account)
            assert browser.open(page).status == 200
    with closing(Browser(app.url)) as browser, app.core.failing((500, "{}"), at="/recipe/session/refresh"):
        app.sign_in_hours_ago(browser, account)
        assert browser.open("/dashboard").status == 503


@pytest.mark.parametrize("parameter", KEYS)
def test_each_function_may_do_what_it_does(parameter, tmp_path):
    setting, service, create, value = KEYS[parameter]
    calls = Calls()
    with aws_server(calls.see) as aws, Core().running() as core:
        account = boto3.Session("test", "test", region_name="us-east-1")
        create_refresh_table(account.client("dynamodb", endpoint_url=aws), parameter)
        client: Any = account.client(service, endpoint_url=aws)  # type: ignore[call-overload]  # one of two
        getattr(client, create)(Name=KEY, **value)
        environment = {"AWS_ENDPOINT_URL": aws, "SUPERTOKENS_REFRESH_TABLE": parameter, setting: KEY}
        with run_app(core, signing_with_names(tmp_path), environment=environment) as app:
            visit_everything(app)

    assert calls == allowed(parameter)
