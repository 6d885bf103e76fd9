"""The additions to a template: settings, the layer, functions, the table and permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supertokens_lambda_local.init.choice import AUTH, FOLDERS, LAYER, LAYER_FOLDER, REFRESH, SIGN_IN, routes_of
from supertokens_lambda_local.init.policies import TABLE, add_policy
from supertokens_lambda_local.init.settings import add_settings
from supertokens_lambda_local.init.survey import RUNTIME
from supertokens_lambda_local.template.unknown import mapping

if TYPE_CHECKING:
    from supertokens_lambda_local.init.choice import Choice
    from supertokens_lambda_local.init.document import Document

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


def add_sessions(document: Document, choice: Choice) -> None:
    """Add all that a template lacks.

    Raises
    ------
    InitError
        A part of the template is not written so that an entry can be added.
    """
    add_settings(document, choice)
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
