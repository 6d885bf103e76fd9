"""What a function may do is what it does: by its code, and by the policies of the templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.policies import actions_of, statements_of

from supertokens_lambda_local.template.syntax import load

ROOT = Path(__file__).parents[2]
TEMPLATES = [ROOT / "template.yaml", *ROOT.glob("examples/*/template.yaml")]

# What leads to the core, which wants its key: what guards a page, SuperTokens' API, and the SDK.
ASKS_THE_CORE = (
    r"\b(verify_session|SessionMiddleware|\w+_authorizer|handlers import (auth|refresh)|prepare_sdk|prepare_refresh)\b"
)
READS_KEY = {"secretsmanager:GetSecretValue", "ssm:GetParameter"}
# What has a recipe send e-mails and text messages: SuperTokens' API, and who calls it.
SENDS = r"\b(handlers import auth|supertokens_lambda.sign_in|call_api)\b"
SENDING = {"ses:SendEmail", "ses:GetSuppressedDestination", "sns:Publish"}
# Nothing narrower can be said: the one is about no resource, the other about telephone numbers.
UNBOUND = (
    {"Effect": "Allow", "Action": "ses:GetSuppressedDestination", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": "sns:Publish",
        "NotResource": {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"},
    },
)
WRITES_TABLE = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}


@dataclass
class Function:
    """A function of a template."""

    name: str
    code: Path
    actions: set[str]
    variables: dict[str, Any]

    @property
    def source(self) -> str:
        return "".join(file.read_text() for file in self.code.glob("*.py"))

    @property
    def has_table(self) -> bool:
        return "SUPERTOKENS_REFRESH_TABLE" in self.variables


def allowed(policies: list[Any], resources: dict[str, Any]) -> set[str]:
    """Return the actions of all policies, whatever they depend on, none of which is wider than needed."""
    statements = [each for policy in policies for each in statements_of(policy, resources, lambda _: True)]
    for statement in statements:
        assert statement["Effect"] == "Allow"
        assert statement in UNBOUND or statement["Resource"] != "*"
    return {action for statement in statements for action in actions_of(statement)}


def functions() -> Iterator[Any]:
    for template in TEMPLATES:
        document = load(template.read_text())
        shared = document.get("Globals", {}).get("Function", {}).get("Environment", {}).get("Variables", {})
        for name, resource in document["Resources"].items():
            if resource["Type"] != "AWS::Serverless::Function":
                continue
            properties = resource["Properties"]
            own = properties.get("Environment", {}).get("Variables", {})
            actions = allowed(properties.get("Policies", []), document["Resources"])
            function = Function(name, template.parent / properties["CodeUri"], actions, shared | own)
            yield pytest.param(function, id=f"{template.parent.name}-{name}")


@pytest.mark.parametrize("function", [*functions()])
def test_a_function_may_do_what_it_does_and_nothing_else(function):
    asks = re.search(ASKS_THE_CORE, function.source) is not None
    keys = {name for name in function.variables if re.match("SUPERTOKENS_API_KEY_(PARAMETER|SECRET)", name)}

    wanted = {
        "SUPERTOKENS_API_KEY_PARAMETER": "ssm:GetParameter",
        "SUPERTOKENS_API_KEY_SECRET": "secretsmanager:GetSecretValue",
    }
    needed = {wanted[name] for name in keys} if asks else set()
    assert function.actions & READS_KEY == needed
    may_send = "SUPERTOKENS_EMAIL_SENDER" in function.variables and re.search(SENDS, function.source)
    assert function.actions & SENDING == (SENDING if may_send else set())
    assert function.actions - READS_KEY - SENDING == (WRITES_TABLE if function.has_table else set())


def test_all_functions_that_may_start_the_sdk_read_the_secrets_of_social_sign_in():
    resources = load((ROOT / "template.yaml").read_text())["Resources"]
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Serverless::Function":
            policies = [
                policy["Fn::If"][:2] for policy in resource["Properties"].get("Policies", []) if "Fn::If" in policy
            ]
            may_start = ["HasApiKeySecret", {"Ref": "ReadApiKeySecret"}] in policies
            for provider in ("GitHub", "Google"):
                assert ([f"Has{provider}", {"Ref": f"Read{provider}Secret"}] in policies) == may_start, name


def test_e_mails_are_sent_from_one_address():
    resources = load((ROOT / "template.yaml").read_text())["Resources"]
    sending = resources["SendEmails"]["Properties"]["PolicyDocument"]["Statement"][0]

    assert sending["Action"] == "ses:SendEmail"
    assert sending["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "EmailSender"}}}


def test_what_asks_the_core_is_recognised():
    found = {param.values[0].name: param.values[0] for param in functions() if param.id.startswith(f"{ROOT.name}-")}

    assert re.search(ASKS_THE_CORE, found["AuthFunction"].source)
    assert re.search(ASKS_THE_CORE, found["RefreshSessionFunction"].source)
    assert {name for name, function in found.items() if re.search(SENDS, function.source)} == {
        "SignInFunction",
        "AuthFunction",
    }
    assert not re.search(ASKS_THE_CORE, "from supertokens_lambda.handlers import refresh_session as handler")
