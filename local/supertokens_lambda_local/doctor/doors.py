"""The doors: what each lets through of an answer (`docs/doors.md`)."""

from collections import defaultdict
from collections.abc import Iterator

from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding
from supertokens_lambda_local.template.cloudformation import as_text

_TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_ATTRIBUTE = "lambda.multi_value_headers.enabled"


def check_doors(deployment: Deployment) -> Iterator[Finding]:
    """Check payload formats and load balancers' target groups."""
    doors = defaultdict(set)
    ours = {function.name for function in deployment.functions}
    for route in deployment.routes:
        if route.function in ours:
            doors[route.function].add("like 2.0" if route.door == "function-url" else route.door)
    for name, found in doors.items():
        # HTTP APIs of 2.0 and Function URLs read an answer alike; those of 1.0 and REST APIs read another shape.
        if len({door in {"http-api-2.0", "like 2.0"} for door in found}) > 1:
            yield Finding(
                Code.PAYLOAD_FORMATS_MIXED,
                f"{name} is behind doors that read answers differently ({', '.join(sorted(found))}): cookies of "
                "its own, "
                "and answers without a statusCode, get through at some of them only.",
                "Give its events one PayloadFormatVersion, or let it answer with a Response.",
            )
    if deployment.document is None:
        return
    for name in deployment.document.names(_TARGET_GROUP):
        with deployment.document.at(name, "TargetGroupAttributes"):
            properties = deployment.document.resolver.value(
                {key: deployment.document.properties(name).get(key) for key in ("TargetType", "TargetGroupAttributes")}
            )
        attributes = {item.get("Key"): as_text(item.get("Value")) for item in properties["TargetGroupAttributes"] or []}
        if properties["TargetType"] == "lambda" and attributes.get(_ATTRIBUTE) != "true":
            yield Finding(
                Code.LOAD_BALANCER_ONE_COOKIE,
                f"{name} has its multi-value headers off: an answer carries one cookie, so a session ends with "
                "its first "
                "access token.",
                f'Add {{Key: {_ATTRIBUTE}, Value: "true"}} to its TargetGroupAttributes.',
            )
