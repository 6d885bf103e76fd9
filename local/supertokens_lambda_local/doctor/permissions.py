"""Secrets and permissions: the core's API key, the table of refreshes, and who may use them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from supertokens_lambda_local.doctor.deployment import Deployment, Function, name_of_resource
from supertokens_lambda_local.doctor.finding import Code, Finding
from supertokens_lambda_local.template.cloudformation import MalformedValueError, UnknownValueError
from supertokens_lambda_local.template.document import Document
from supertokens_lambda_local.template.resolver import Resolver

_WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
_POLICY = "AWS::IAM::ManagedPolicy"


def check_permissions(deployment: Deployment) -> Iterator[Finding]:
    """Check the API key's place in the template, and the functions' policies."""
    document = deployment.document
    if document is None:
        return
    for function in deployment.functions:
        if _has_plain_key(function):
            yield Finding(
                Code.CORE_KEY_IN_TEMPLATE,
                f"{function.name} has the core's API key in plain text in the template: whoever reads it there "
                "has every session.",
                "Keep it in Secrets Manager or Systems Manager, and name it in SUPERTOKENS_API_KEY_SECRET or "
                "_PARAMETER.",
            )
        allowed = _allowed(document, function)
        if allowed is None:
            continue
        settings = function.settings
        reads = {
            "ssm:GetParameter": settings.api_key_parameter,
            "secretsmanager:GetSecretValue": settings.api_key_secret,
        }
        if lacking := [action for action, wanted in reads.items() if wanted and not _may(allowed, action)]:
            yield Finding(
                Code.CORE_KEY_PERMISSION,
                f"{function.name} may not read the core's API key: where it has to ask the core, it answers 503.",
                f"Allow it {lacking[0]} in its Policies.",
            )
        writes = [action for action in _WRITES if not _may(allowed, action)]
        if settings.refresh_table and settings.refresh_reuse_interval and writes:
            yield Finding(
                Code.TABLE_PERMISSION,
                f"{function.name} may not write to the table of refreshes: two tabs that refresh at once end a "
                "session as stolen.",
                f"Allow it {', '.join(writes)} on that table in its Policies.",
            )


def _has_plain_key(function: Function) -> bool:
    node = function.variables.get("SUPERTOKENS_API_KEY")
    return isinstance(node, str) and bool(node.strip()) and "{{resolve:" not in node


def _may(allowed: list[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in allowed)


def _allowed(document: Document, function: Function) -> list[str] | None:
    """Give the actions a function's policies allow; None where some of them are not in the template."""
    if "Role" in function.properties:
        return None
    policies = function.properties.get("Policies") or []
    actions: list[str] = []
    for node in policies if isinstance(policies, list) else [policies]:
        try:
            policy = document.resolver.chosen(node)
        except UnknownValueError as error:
            if "gives it no value" in str(error):
                continue
            return None
        name = name_of_resource(policy)
        if name is not None and document.type_of(name) == _POLICY:
            policy = document.properties(name).get("PolicyDocument")
        if isinstance(policy, str) and policy.startswith("AWSLambda"):
            continue  # What AWS' own policies of that name allow is logs, networks and traces.
        if not isinstance(policy, dict) or "Statement" not in policy:
            return None
        found = _actions(document.resolver, policy["Statement"])
        if found is None:
            return None
        actions.extend(found)
    return actions


def _actions(resolver: Resolver, statements: Any) -> list[str] | None:
    found: list[str] = []
    for statement in statements if isinstance(statements, list) else [statements]:
        try:
            effect, actions = (resolver.value(statement.get(key)) for key in ("Effect", "Action"))
        except (UnknownValueError, MalformedValueError, AttributeError):
            return None
        if effect == "Allow" and actions:
            found.extend(map(str, actions if isinstance(actions, list) else [actions]))
    return found
