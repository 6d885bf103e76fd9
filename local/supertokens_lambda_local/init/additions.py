"""What a template gets: parameters, settings, the layer, the functions, the table and the permissions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supertokens_lambda.sign_in import ROUTES
from supertokens_lambda_local.init.policies import CONDITIONS, TABLE, add_policy
from supertokens_lambda_local.init.recipes import sends_emails
from supertokens_lambda_local.init.survey import OURS, RUNTIME
from supertokens_lambda_local.template.unknown import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda_local.init.apis import Api
    from supertokens_lambda_local.init.document import Document

LAYER = f"{OURS}Layer"
SIGN_IN, AUTH, REFRESH = f"{OURS}SignInFunction", f"{OURS}AuthFunction", f"{OURS}RefreshFunction"
FOLDERS = {SIGN_IN: "functions/sign_in", AUTH: "functions/auth", REFRESH: "functions/refresh_session"}
LAYER_FOLDER = "layers/session"
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
_LAYER = """\
Type: AWS::Serverless::LayerVersion
Metadata: {{BuildMethod: makefile, BuildArchitecture: {architecture}}}
Properties:
  Description: supertokens-lambda, and the recipes of the application
  ContentUri: {folder}/
  CompatibleRuntimes: [{runtime}]
  CompatibleArchitectures: [{architecture}]
  RetentionPolicy: Retain
"""
_FUNCTION = """\
Type: AWS::Serverless::Function
Metadata: {{SkipBuild: true}} # there is nothing to install
Properties:
  Description: {description}
  CodeUri: {folder}/
  Handler: app.handler
  Runtime: {runtime}
  Architectures: [{architecture}]
  MemorySize: {memory}
  Timeout: 10
  Layers: [!Ref {layer}]
"""
_TABLE = """\
Type: AWS::DynamoDB::Table
DeletionPolicy: Delete # it holds results for seconds, and losing them signs nobody out
UpdateReplacePolicy: Delete
Properties:
  BillingMode: PAY_PER_REQUEST
  AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
  KeySchema: [{AttributeName: id, KeyType: HASH}]
  TimeToLiveSpecification: {AttributeName: expiration, Enabled: true}
  SSESpecification: {SSEEnabled: true}
"""
_DESCRIPTIONS = {
    SIGN_IN: ("Signing in, up and out with plain forms", 512),
    AUTH: ("SuperTokens' API, but for its refresh", 512),
    REFRESH: ("The refresh, and the page that leads to it", 256),
}


@dataclass(frozen=True)
class Choice:
    """What was chosen for a template.

    Attributes
    ----------
    api : Api
        Where the routes are added.
    guarded : tuple of str
        The functions that get the layer.
    architecture : str
        Their processor.
    roles : mapping of str to str
        For each function with permissions, a reference to its role as YAML.
    folder : str
        In front of the folders of code; empty, or with a slash at its end.
    recipes : tuple of str
        The recipes of the application, which have pages of their own.
    auth_path, refresh_path, signed_in_path : str
        The paths of the settings.
    validators : str
        The claim validators that the recipes register, with commas; empty for none.
    """

    api: Api
    guarded: tuple[str, ...]
    architecture: str
    roles: dict[str, str]
    recipes: tuple[str, ...]
    folder: str = ""
    auth_path: str = "/auth"
    refresh_path: str = "/refresh-session"
    signed_in_path: str = "/"
    validators: str = ""

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that are added: none behind Function URLs, where one function serves all."""
        return () if self.api.kind == "url" else (SIGN_IN, AUTH, REFRESH)


def add_sessions(document: Document, choice: Choice) -> None:
    """Add to a template what it does not have yet.

    Raises
    ------
    InitError
        A part of the template is not written so that an entry can be added.
    """
    _add_settings(document, choice)
    resources = ("Resources",)
    layer = _LAYER.format(architecture=choice.architecture, runtime=RUNTIME, folder=choice.folder + LAYER_FOLDER)
    document.add(resources, LAYER, layer, spaced=True)
    for function in choice.functions:
        document.add(resources, function, _function(document, choice, function), spaced=True)
        for method, path in routes_of(function, choice):
            name = re.sub(r"[^A-Za-z0-9]+", "", f"{method} {path}".title())
            document.add((*resources, function, "Properties", "Events"), name, choice.api.event(method, path))
    document.add(resources, TABLE, _TABLE, spaced=True)
    for function in choice.guarded:
        _guard(document, choice, function)
    everybody = (*choice.functions, *choice.guarded)
    serving = choice.functions[:2] or choice.guarded
    for policy, functions in (
        ("RefreshTable", choice.functions[-1:] or choice.guarded),
        ("ApiKey", everybody),
        ("Email", serving),
    ):
        add_policy(document, policy, [choice.roles[each] for each in functions if each in choice.roles])


def _add_settings(document: Document, choice: Choice) -> None:
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


def routes_of(function: str, choice: Choice) -> tuple[tuple[str, str], ...]:
    """Return the method and path of each route of a function that is added."""
    auth, refresh = choice.auth_path, choice.refresh_path
    return {
        SIGN_IN: tuple(
            (method, auth + path) for recipe in ("session", *choice.recipes) for method, path in ROUTES.get(recipe, ())
        ),
        AUTH: (("ANY", f"{auth}/{{proxy+}}"),),
        REFRESH: (
            ("GET", refresh),
            ("GET", f"{auth}/session/refresh"),
            ("POST", f"{auth}/session/refresh"),
        ),
    }[function]


def _function(document: Document, choice: Choice, function: str) -> str:
    description, memory = _DESCRIPTIONS[function]
    text = _FUNCTION.format(
        description=description,
        folder=choice.folder + FOLDERS[function],
        runtime=RUNTIME,
        architecture=choice.architecture,
        memory=memory,
        layer=LAYER,
    )
    if ("Globals", "Function", "PackageType") in document:
        text += "  PackageType: Zip\n"
    if ("Globals", "Function", "DeploymentPreference") in document:
        text += "  AutoPublishAlias: live\n"
    if function == REFRESH:
        text += f"  Environment:\n    Variables:\n      SUPERTOKENS_REFRESH_TABLE: !Ref {TABLE}\n"
    return text


def _guard(document: Document, choice: Choice, function: str) -> None:
    properties = ("Resources", function, "Properties")
    if LAYER not in str(mapping(document.data["Globals"].get("Function")).get("Layers")):
        if (*properties, "Layers") in document:
            document.append((*properties, "Layers"), f"!Ref {LAYER}")
        else:
            document.add(properties, "Layers", f"[!Ref {LAYER}]")
    if choice.api.kind == "url":
        document.add((*properties, "Environment", "Variables"), "SUPERTOKENS_REFRESH_TABLE", f"!Ref {TABLE}")
