"""The sample as CloudFormation gets it, for every combination of the parameters that change its resources."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from supertokens_lambda_local.template.parameters import Parameters
from supertokens_lambda_local.template.sam import translated
from supertokens_lambda_local.template.syntax import load_file
from supertokens_lambda_local.template.values import Values

from .conftest import ROOT

TEMPLATE = load_file(ROOT / "template.yaml")
REQUIRED = {
    "ConnectionUri": "https://core.example.com",
    "ApiDomain": "https://app.example.com",
    "WebsiteDomain": "https://app.example.com",
}
CHOICES = {
    "Architecture": ("arm64", "x86_64"),
    "DomainName": ("", "app.example.com"),
    "CloudFront": ("false", "true"),
    "WebAclArn": ("", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/visitors/1"),
    "ApiKeyParameter": ("", "/supertokens/key"),
    "ApiKeySecret": ("", "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf"),
    "EmailSender": ("", "no-reply@example.com"),
    "EmailConfigurationSet": ("", "visitors"),
    "SendSms": ("false", "true"),
    "GitHubClientId": ("", "Iv1.0123456789"),
    "GoogleClientId": ("", "1.apps.googleusercontent.com"),
    "AlarmTopic": ("", "arn:aws:sns:us-east-1:123456789012:alarms"),
    "ReservedConcurrency": ("", "5"),
}
# They change properties alone.
VALUES = {"SnapStart": ("None", "PublishedVersions"), "Tracing": ("PassThrough", "Active")}
# What is deployed for its own sake; everything else must be referred to.
ENDS = {
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::Lambda::Permission",
    "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy",
}


def plain(chosen: dict[str, str]) -> dict[str, Any]:
    """Return the sample as AWS's translator makes it of the packaged template."""
    parameters = Parameters(TEMPLATE, REQUIRED | chosen)
    found = translated(TEMPLATE, parameters.for_translator(), Values(TEMPLATE, parameters), Path("template.yaml"))
    # A bucket's name is longer than the reader's.
    packaged: dict[str, Any] = json.loads(json.dumps(found).replace('"local-files"', '"packaged-by-sam"'))
    return packaged


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return plain({})


def test_the_translator_leaves_every_choice_to_cloudformation(template):
    others = {name: other for name, (_, other) in (CHOICES | VALUES).items()}

    for chosen in (*({name: other} for name, other in others.items()), others):
        assert plain(chosen) == template


def test_it_is_valid_cloudformation(template):
    # Both are off by default: resources that a policy's actions take, and partitions that are written out.
    rules = ManualArgs(regions=["us-east-1", "eu-west-1"], include_checks=["I3510", "I3042"])
    found = lint(json.dumps(template), config=rules)

    assert [f"{match.rule.id} {match.message}" for match in found] == []


class Part:
    """A resource or an output: its condition, and the names that it refers to."""

    def __init__(self, node: dict[str, Any]) -> None:
        self.condition: str | None = node.get("Condition")
        self.type: str = node.get("Type", "")
        self._node = node
        self._conditions = sorted(set(re.findall(r'"Fn::If": \["(\w+)"', json.dumps(node))))
        self._found: dict[tuple[bool, ...], frozenset[str]] = {}

    def names(self, met: dict[str, bool]) -> frozenset[str]:
        """Return the names in the branches that are taken."""
        key = tuple(met[name] for name in self._conditions)
        if key not in self._found:
            self._found[key] = references(self._node, met)
        return self._found[key]


def references(node: Any, met: dict[str, bool]) -> frozenset[str]:
    match node:
        case {"Fn::If": [condition, yes, no]}:
            return references(yes if met[condition] else no, met)
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return frozenset({name})
        case {"Fn::Sub": str(text)}:
            return frozenset(name.partition(".")[0] for name in re.findall(r"\$\{(\w[\w:.]*)\}", text))
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return frozenset().union(*(references(part, met) for part in parts))


def test_no_combination_lacks_a_resource_or_has_one_too_many(template):
    resources = {name: Part(node) for name, node in template["Resources"].items()}
    outputs = [Part(node) for node in template["Outputs"].values()]

    for combination in itertools.product(*CHOICES.values()):
        chosen = dict(zip(CHOICES, combination, strict=True))
        values = Values(template, Parameters(template, REQUIRED | chosen))
        met = {name: values.condition(name) is True for name in template["Conditions"]}
        made = {name: part for name, part in resources.items() if part.condition is None or met[part.condition]}
        put_out = [part for part in outputs if part.condition is None or met[part.condition]]
        names = frozenset().union(*(part.names(met) for part in (*made.values(), *put_out)))

        assert {name for name in names if "::" not in name} <= made.keys() | template["Parameters"].keys(), chosen
        assert {name for name, part in made.items() if part.type not in ENDS} <= names, chosen


def test_each_condition_is_met_in_some_combination_and_not_in_another(template):
    deciding = set(re.findall(r'"Ref": "(\w+)"', json.dumps(template["Conditions"])))

    assert deciding == CHOICES.keys()


def test_every_route_that_asks_the_core_has_a_bound(template):
    routes = {
        f"{'ANY' if method == 'x-amazon-apigateway-any-method' else method.upper()} {path}"
        for path, methods in template["Resources"]["HttpApi"]["Properties"]["Body"]["paths"].items()
        for method in methods
        if method != "options" and path.startswith(("/account", "/admin", "/auth"))
    }
    stage = next(
        part["Properties"] for part in template["Resources"].values() if part["Type"] == "AWS::ApiGatewayV2::Stage"
    )

    # Showing a form asks nothing of the core.
    assert routes - {"GET /auth"} - stage["RouteSettings"].keys() == set()
    assert stage["RouteSettings"].keys() <= routes
