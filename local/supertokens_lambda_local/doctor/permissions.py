"""Secrets and permissions: the core's API key, the table of refreshes, and who may use them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding, named
from supertokens_lambda_local.doctor.source import asks_core, refreshes

_WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")


def check_permissions(deployment: Deployment) -> Iterator[Finding]:
    """Check the API key's place in the template, and the functions' policies."""
    plain: list[str] = []
    unread: dict[str, list[str]] = {}
    unwritten: dict[str, list[str]] = {}
    for function in deployment.functions:
        of_template, settings = function.of_template, function.settings
        if of_template is None:
            continue
        if "SUPERTOKENS_API_KEY" in of_template.literals and settings.api_key:
            plain.append(function.name)
        if of_template.actions is None:
            continue
        reads = {
            "ssm:GetParameter": settings.api_key_parameter,
            "secretsmanager:GetSecretValue": settings.api_key_secret,
        }
        lacking = [action for action, wanted in reads.items() if wanted and not may(of_template.actions, action)]
        if lacking and asks_core(of_template):
            unread.setdefault(lacking[0], []).append(function.name)
        writes = [action for action in _WRITES if not may(of_template.actions, action)]
        if settings.refresh_table and settings.refresh_reuse_interval and writes and refreshes(of_template):
            unwritten.setdefault(", ".join(writes), []).append(function.name)
    if plain:
        yield Finding(
            Code.CORE_KEY_IN_TEMPLATE,
            f"The core's API key of {named(plain)} is in plain text in the template: whoever reads it there has every "
            "session.",
            "Keep it in Secrets Manager or Systems Manager, and name it in SUPERTOKENS_API_KEY_SECRET or _PARAMETER.",
            tuple(plain),
        )
    for action, names in unread.items():
        yield Finding(
            Code.CORE_KEY_PERMISSION,
            f"{named(names)} may not read the core's API key, and asks the core: it answers 500.",
            f"Allow {action} in Policies.",
            tuple(names),
        )
    for actions, names in unwritten.items():
        yield Finding(
            Code.TABLE_PERMISSION,
            f"{named(names)} may not write to the table of refreshes: two tabs that refresh at once end a session as "
            "stolen.",
            f"Allow {actions} on that table in Policies.",
            tuple(names),
        )


def may(allowed: tuple[str, ...], action: str) -> bool:
    """Check whether the actions that policies allow, with wildcards, contain an action."""
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in allowed)
