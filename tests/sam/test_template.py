import re
from types import SimpleNamespace
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]  # it has no types
from samtranslator.translator.transform import transform

import supertokens_lambda._verification.verdict as verdicts
from supertokens_lambda._guard.loop import Looping
from supertokens_lambda_local.template.reader import read_template
from supertokens_lambda_local.template.syntax import load

from .conftest import ROOT

TOOLKIT = ROOT / "layers/session/supertokens_lambda"


def logged_verdicts() -> set[str]:
    """Find every name that the toolkit logs a request by."""
    source = "".join(file.read_text() for file in TOOLKIT.rglob("*.py"))
    kinds = (*vars(verdicts).values(), Looping)
    named = {kind.name for kind in kinds if isinstance(getattr(kind, "name", None), str)}
    return {*named, *re.findall(r'log_outcome\(\s*"([a-z-]+)"', source)}


def metrics_of(alarm: dict[str, Any]) -> set[str]:
    """Find what an alarm watches, one metric or an expression of several."""
    several = [metric["MetricStat"]["Metric"] for metric in alarm.get("Metrics", []) if "MetricStat" in metric]
    return {metric["MetricName"] for metric in several or [alarm]}


def test_what_is_counted_and_watched_is_what_is_logged():
    resources = load((ROOT / "template.yaml").read_text())["Resources"].values()
    filters = [found["Properties"] for found in resources if found["Type"] == "AWS::Logs::MetricFilter"]
    counted = {name for found in filters for name in re.findall(r'\$\.verdict = "([^"]+)"', found["FilterPattern"])}
    metrics = {change["MetricName"] for found in filters for change in found["MetricTransformations"]}
    alarms = [found["Properties"] for found in resources if found["Type"] == "AWS::CloudWatch::Alarm"]
    watched = {name for alarm in alarms for name in metrics_of(alarm)}

    assert counted
    assert counted <= logged_verdicts()
    assert watched <= metrics
    assert {"looping", "token-theft", "unavailable", "refresh-unavailable", "error", "refresh-error"} <= counted


def paths_of_apis(template: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """Return the paths of all APIs that SAM makes of a template, as API Gateway gets them."""
    for resource in template["Resources"].values():
        resource["Properties"] |= dict.fromkeys({"CodeUri", "ContentUri"} & resource["Properties"].keys(), "s3://a/b")
    made = transform(template, parameters, SimpleNamespace(load=dict))["Resources"].values()
    bodies = [found["Properties"]["Body"] for found in made if "Api" in found["Type"] and "Body" in found["Properties"]]
    return {path: operations for body in bodies for path, operations in body["paths"].items()}


def test_an_api_with_a_definition_has_the_routes_of_the_functions_too(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    file = ROOT / "examples/authorizers/template.yaml"
    parameters = {"ConnectionUri": "https://core.invalid", "ApiKeySecret": "arn", "Domain": "https://example.com"}

    paths = paths_of_apis(yaml_parse(file.read_text()), parameters)

    routes = read_template(file, parameters).routes
    assert {route.path for route in routes} == paths.keys()
    for route in routes:
        methods = {"ANY": {"any", "x-amazon-apigateway-any-method"}}.get(route.method, {route.method.lower()})
        (operation,) = (paths[route.path][method] for method in methods & paths[route.path].keys())
        assert operation["security"] == [{"Visitor" if route.authorizer else "NONE": []}], route.key
