"""The event sources of each function: which part of an answer each one delivers (`docs/event-sources.md`)."""

from collections import defaultdict
from collections.abc import Iterator

from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown
from supertokens_lambda_local.doctor.source import uses_toolkit


def check_event_sources(deployment: Deployment) -> Iterator[Outcome]:
    """Check payload formats and load balancers' target groups."""
    event_sources = defaultdict(set)
    ours = {each.name for each in deployment.functions if each.of_template and uses_toolkit(each.of_template)}
    if deployment.application is None:
        return
    for route in deployment.application.routes:
        if route.function in ours:
            event_sources[route.function].add(
                "like 2.0" if route.event_source == "function-url" else route.event_source
            )
    for name, found in event_sources.items():
        # HTTP APIs with payload 2.0 and Function URLs read one format of answers, payload 1.0 and REST APIs another.
        if len({event_source in {"http-api-2.0", "like 2.0"} for event_source in found}) > 1:
            yield Finding(
                Code.PAYLOAD_FORMATS_MIXED,
                f"{name} has event sources that read answers differently ({', '.join(sorted(found))}): cookies that it "
                "sets, and answers without a statusCode, are delivered by some of them only.",
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
