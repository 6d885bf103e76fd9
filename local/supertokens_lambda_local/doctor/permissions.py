"""Secrets and permissions: the core's API key, the table of refreshes, and who may use them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding

_WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")


def check_permissions(deployment: Deployment) -> Iterator[Finding]:
    """Check the API key's place in the template, and the functions' policies."""
    for function in deployment.functions:
        if function.of_template is None:
            continue
        if "SUPERTOKENS_API_KEY" in function.of_template.literals and function.settings.api_key:
            yield Finding(
                Code.CORE_KEY_IN_TEMPLATE,
                f"{function.name} has the core's API key in plain text in the template: whoever reads it there "
                "has every session.",
                "Keep it in Secrets Manager or Systems Manager, and name it in SUPERTOKENS_API_KEY_SECRET or "
                "_PARAMETER.",
            )
        allowed = function.of_template.actions
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


def _may(allowed: tuple[str, ...], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in allowed)
