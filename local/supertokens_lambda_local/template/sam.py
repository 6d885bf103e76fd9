"""SAM into plain CloudFormation, by the SAM translator of AWS, on this machine.

The translator takes code and definitions from S3 alone. Local paths go through it as objects of a bucket that nobody
has, and `packaged_path` gives them back.
"""

from __future__ import annotations

import copy
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.unknown import Unknown, known, mapping
from supertokens_lambda_local.template.values import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda_local.template.values import Values

_PREFIX = "AWS::Serverless::"
_APPLICATION = "AWS::Serverless::Application"
_LOCAL, _CLOUD = "local-files", "cloud-files"
# The properties that hold a path, by the type without its prefix, as `Globals` names it.
_PATHS = {
    "Function": "CodeUri",
    "LayerVersion": "ContentUri",
    "Api": "DefinitionUri",
    "HttpApi": "DefinitionUri",
    "StateMachine": "DefinitionUri",
    "GraphQLApi": "SchemaUri",
}


def translated(template: Mapping[str, Any], parameters: Mapping[str, Any], values: Values, file: Path) -> Any:
    """Return a template as plain CloudFormation.

    Parameters
    ----------
    template : mapping
        The template.
    parameters : mapping
        Values of its parameters, as far as they are known.
    values : Values
        Its values, for paths that depend on parameters.
    file : Path
        Where it is.

    Raises
    ------
    TemplateError
        If the translator refuses it.
    """
    resources = template["Resources"]
    if not any(str(resource.get("Type", "")).startswith(_PREFIX) for resource in resources.values()):
        return template
    prepared = copy.deepcopy({**template, "Resources": {**resources}})
    for name, resource in prepared["Resources"].items():
        properties = resource.get("Properties")
        if resource["Type"] == _APPLICATION:
            prepared["Resources"][name] = _nested_stack(resource)
        elif isinstance(properties, dict | None) and resource["Type"].removeprefix(_PREFIX) in _PATHS:
            properties = resource["Properties"] = properties or {}
            _package(resource["Type"].removeprefix(_PREFIX), properties, values, file)
            if resource["Type"] == "AWS::Serverless::Function":
                _complete(properties, mapping(mapping(prepared.get("Globals")).get("Function")), file)
    for kind, properties in mapping(prepared.get("Globals")).items():
        if kind in _PATHS and isinstance(properties, dict):
            _package(kind, properties, values, file)
    for name, declared in mapping(prepared.get("Parameters")).items():
        if name not in parameters and isinstance(declared, dict):
            # The Default of one that is kept in the Parameter Store is its name there.
            declared.pop("Default", None)
    return _translate(prepared, dict(parameters), file)


def packaged_path(bucket: Any, key: Any) -> Path | None:
    """Return the local path that an S3 object stands for; None if it is in the cloud."""
    return Path(unquote(key)) if bucket == _LOCAL and isinstance(key, str) else None


def _translate(template: dict[str, Any], parameters: dict[str, Any], file: Path) -> Any:
    # The translator takes half a second to load, and templates of plain CloudFormation do without.
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    logging.getLogger("samtranslator").addHandler(logging.NullHandler())
    # All that it wants of a session is its region; a real one reads this machine's profiles, which may be broken.
    session: Any = SimpleNamespace(region_name=REGION)
    try:
        translator = Translator(None, Parser(), boto_session=session)
        return translator.translate(template, parameters, get_managed_policy_map=dict)
    except InvalidDocumentException as error:
        causes = [" ".join(str(cause.message).split()) for cause in error.causes] or [error.message]
        raise TemplateError(file, "", f"the SAM translator of AWS refuses it: {' '.join(causes)}") from None
    except Exception as error:  # noqa: BLE001 - it fails with anything on what it did not foresee
        raise TemplateError(
            file, "", f"the SAM translator of AWS fails with {type(error).__name__}; `sam validate` may say more"
        ) from None


def _package(kind: str, properties: dict[str, Any], values: Values, file: Path) -> None:
    name = _PATHS[kind]
    if name not in properties:
        return
    node = properties[name]
    if isinstance(node, dict) and ("Bucket" in node or "Key" in node):
        return
    path = values.value(node)
    if isinstance(path, str) and "://" not in path:
        properties[name] = f"s3://{_LOCAL}/{quote(str(file.parent / path), safe='')}"
    elif not (isinstance(path, str) and path.startswith("s3://")):
        properties[name] = f"s3://{_CLOUD}/{quote(path.text if isinstance(path, Unknown) else str(path)) or 'unknown'}"


def _complete(properties: dict[str, Any], common: Mapping[str, Any], file: Path) -> None:
    """Set the code of a function as `sam build` would."""
    if known(properties.get("PackageType", common.get("PackageType"))) == "Image":
        if "ImageUri" not in common:
            properties.setdefault("ImageUri", "local")
    elif not any(name in both for name in ("CodeUri", "InlineCode", "ImageUri") for both in (properties, common)):
        properties["CodeUri"] = f"s3://{_LOCAL}/{quote(str(file.parent), safe='')}"


def _nested_stack(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = mapping(resource.get("Properties"))
    location = properties.get("Location")
    # An application of the Serverless Application Repository is named by a map.
    return {
        **{name: part for name, part in resource.items() if name in {"Condition", "DependsOn"}},
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {
            "TemplateURL": location if not isinstance(location, dict) else "serverlessrepo://application",
            "Parameters": properties.get("Parameters") or {},
        },
    }
