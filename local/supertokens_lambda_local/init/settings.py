"""The settings of a template: environment variables of its functions, by parameters and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda_local.init.policies import CONDITIONS
from supertokens_lambda_local.init.recipes import sends_emails
from supertokens_lambda_local.init.survey import OURS
from supertokens_lambda_local.template.unknown import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda_local.init.choice import Choice
    from supertokens_lambda_local.init.document import Document

_VARIABLES = ("Globals", "Function", "Environment", "Variables")
_PARAMETERS = {
    "ConnectionUri": """\
Type: String
Description: The SuperTokens core, like https://core.example.com
AllowedPattern: https?://.+
""",
    "ApiKeySecret": """\
Type: String
Default: ""
Description: ARN of the Secrets Manager secret that holds the core's API key; empty for none
AllowedPattern: (arn:[a-z-]+:secretsmanager:.+)?
""",
    "Domain": """\
Type: String
Description: Origin of the pages as browsers see it, like https://example.com
AllowedPattern: https?://[^/]+
""",
    "EmailSender": """\
Type: String
Default: ""
Description: Address that Amazon SES sends e-mails from, of an identity that it has verified; empty to send none
""",
}
_STAGE_PARAMETER = """\
Type: String
Default: {stage}
Description: Stage in front of every path that a browser sees; empty behind a custom domain
AllowedPattern: (/[A-Za-z0-9._~/-]+)?
"""


def add_settings(document: Document, choice: Choice) -> None:
    """Add the settings that a template lacks.

    Raises
    ------
    InitError
        An entry cannot be added to a part of the template.
    """
    needed = dict(_settings(choice))
    present = mapping(mapping(mapping(document.data.get("Globals")).get("Function")).get("Environment"))
    given = mapping(present.get("Variables"))
    if any(name.startswith("SUPERTOKENS_API_KEY") for name in given):
        needed.pop("SUPERTOKENS_API_KEY_SECRET", None)
    for name, body in _PARAMETERS.items():
        if any(value == f"!Ref {OURS}{name}" for key, value in needed.items() if key not in given):
            document.add(("Parameters",), OURS + name, body)
    if choice.api.stage.startswith("/") and "SUPERTOKENS_API_GATEWAY_PATH" not in given:
        body = _STAGE_PARAMETER.format(stage=choice.api.stage)
        document.add(("Parameters",), f"{OURS}ApiGatewayPath", body)
    for condition, parameter in CONDITIONS.items():
        if f"!Ref {parameter}" in needed.values() and ("Parameters", parameter) in document:
            document.add(("Conditions",), condition, f'!Not [!Equals [!Ref {parameter}, ""]]')
    for name, value in needed.items():
        document.add(_VARIABLES, name, value)


def _settings(choice: Choice) -> Iterator[tuple[str, str]]:
    yield "SUPERTOKENS_CONNECTION_URI", f"!Ref {OURS}ConnectionUri"
    yield "SUPERTOKENS_API_KEY_SECRET", f"!Ref {OURS}ApiKeySecret"
    yield "SUPERTOKENS_APP_NAME", "!Ref AWS::StackName"
    if sends_emails(choice.recipes):
        yield "SUPERTOKENS_EMAIL_SENDER", f"!Ref {OURS}EmailSender"
    yield "SUPERTOKENS_API_DOMAIN", f"!Ref {OURS}Domain"
    yield "SUPERTOKENS_WEBSITE_DOMAIN", f"!Ref {OURS}Domain"
    if choice.auth_path != "/auth":
        yield "SUPERTOKENS_API_BASE_PATH", choice.auth_path
        yield "SUPERTOKENS_WEBSITE_BASE_PATH", choice.auth_path
    if choice.refresh_path != "/refresh-session":
        yield "SUPERTOKENS_REFRESH_PATH", choice.refresh_path
    if choice.signed_in_path != "/":
        yield "SUPERTOKENS_SIGNED_IN_PATH", choice.signed_in_path
    if choice.validators:
        yield "SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS", choice.validators
    stage = choice.api.stage
    if stage:
        yield "SUPERTOKENS_API_GATEWAY_PATH", f"!Ref {OURS}ApiGatewayPath" if stage.startswith("/") else stage
