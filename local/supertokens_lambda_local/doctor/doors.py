"""The doors: what each lets through of an answer (`docs/event-sources.md`)."""

from collections import defaultdict
from collections.abc import Iterator

from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown
from supertokens_lambda_local.doctor.source import uses_toolkit


def check_doors(deployment: Deployment) -> Iterator[Outcome]:
    """Check payload formats and load balancers' target groups."""
    doors = defaultdict(set)
    ours = {each.name for each in deployment.functions if each.of_template and uses_toolkit(each.of_template)}
    if deployment.application is None:
        return
    for route in deployment.application.routes:
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
    for group in deployment.application.target_groups:
        if group.multi_value is None:
            yield Unknown(f"the multi-value headers of {group.name}", "the cloud alone knows")
        elif not group.multi_value:
            yield Finding(
                Code.LOAD_BALANCER_ONE_COOKIE,
                f"{group.name} has its multi-value headers off: an answer carries one cookie, so a session ends with "
                "its first access token.",
                'Add {Key: lambda.multi_value_headers.enabled, Value: "true"} to its TargetGroupAttributes.',
            )
