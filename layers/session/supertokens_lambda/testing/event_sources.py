"""Event sources of AWS for tests: from a browser's request to an event, and from an answer to what the browser sees.

API Gateway is simulated by the local gateway of ``supertokens-lambda[local]``. A load balancer and VPC Lattice follow
"Use Lambda functions as targets of an Application Load Balancer" and "Lambda functions as targets in VPC Lattice", and
accept nothing else.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl

from supertokens_lambda.testing.visits import MalformedError, Seen, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class ApiGateway:
    """An API of API Gateway, or a function URL.

    Attributes
    ----------
    kind : str
        The kind of the API and its events.
    stage : str
        The stage of the API.

    Examples
    --------
    >>> from supertokens_lambda.testing import ApiGateway, Visit
    >>> ApiGateway("http-api-2.0").event(Visit("GET", "/dashboard?tab=1"))["rawQueryString"]
    'tab=1'
    """

    kind: Literal["http-api-2.0", "http-api-1.0", "rest-api", "function-url"]
    stage: str = "$default"

    def event(self, visit: Visit) -> dict[str, Any]:
        """Build the event that the function gets."""
        from supertokens_lambda_local.gateway.events import make_event
        from supertokens_lambda_local.gateway.request import HttpRequest
        from supertokens_lambda_local.gateway.routing import Match

        route = self._route()
        headers = tuple(field for field in visit.fields if not field[0].startswith("x-forwarded"))
        request = HttpRequest(
            method=visit.method,
            raw_path=visit.path,
            raw_query=visit.query,
            headers=headers,
            body=visit.body,
            client="192.0.2.1",
            host=route.host or dict(headers).get("host", "localhost"),
            scheme=visit.scheme,
        )
        path = visit.path.removeprefix(f"/{self.stage}")
        event = make_event(request, Match(route, path, {"proxy": path[1:]}))
        return json.loads(json.dumps(event))  # type: ignore[no-any-return]  # an object

    def seen(self, answer: Any) -> Seen:
        """Return what a browser gets for a function's answer."""
        from supertokens_lambda_local.gateway.answers import make_answer

        made = make_answer(self._route(), json.dumps(answer), "*/*")
        return Seen(made.status, made.headers, made.body)

    def _route(self) -> Any:
        from supertokens_lambda_local.template.api_model import Route

        return Route("ANY", "/{proxy+}", self.kind, self.stage, "Page", ("*/*",))


@dataclass(frozen=True)
class LoadBalancer:
    """An Application Load Balancer.

    Attributes
    ----------
    multi_value : bool
        Whether its target group has multi-value headers on.

    Examples
    --------
    >>> from supertokens_lambda.testing import LoadBalancer, Visit
    >>> LoadBalancer(multi_value=True).event(Visit("GET", "/dashboard"))["httpMethod"]
    'GET'
    """

    multi_value: bool

    def event(self, visit: Visit) -> dict[str, Any]:
        """Build the event that the function gets."""
        query = [(name, value) for name, _, value in (pair.partition("=") for pair in visit.query.split("&") if pair)]
        group = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-target-group/6d0ecf831eec9f09"
        event: dict[str, Any] = {
            "requestContext": {"elb": {"targetGroupArn": group}},
            "httpMethod": visit.method,
            "path": visit.path,
        }
        if self.multi_value:
            event |= {"multiValueQueryStringParameters": _lists(query), "multiValueHeaders": _lists(visit.fields)}
        else:
            event |= {"queryStringParameters": dict(query), "headers": dict(visit.fields)}
        return event | {"body": "", "isBase64Encoded": False} | _body(visit)

    def seen(self, answer: Any) -> Seen:
        """Return what a browser gets for a function's answer."""
        name = "multiValueHeaders" if self.multi_value else "headers"
        headers = answer.get(name, {}) if isinstance(answer, dict) else None
        if headers is None or not isinstance(answer.get("statusCode"), int):
            raise MalformedError(answer)
        if not self.multi_value:
            if not all(isinstance(value, str) for value in headers.values()):
                raise MalformedError(headers)
            return Seen(answer["statusCode"], tuple(headers.items()), _content(answer))
        if not all(isinstance(values, list) for values in headers.values()):
            raise MalformedError(headers)
        # "The load balancer might send the headers to the client in a different order."
        fields = [(name, value) for name, values in headers.items() for value in values]
        return Seen(answer["statusCode"], tuple(reversed(fields)), _content(answer))


@dataclass(frozen=True)
class Lattice:
    """A service of VPC Lattice whose target group has the event structure V2.

    Examples
    --------
    >>> from supertokens_lambda.testing import Lattice, Visit
    >>> Lattice().event(Visit("GET", "/dashboard?tab=1"))["path"]
    '/dashboard?tab=1'
    """

    def event(self, visit: Visit) -> dict[str, Any]:
        """Build the event that the function gets."""
        account = "arn:aws:vpc-lattice:us-east-2:123456789012"
        return {
            "version": "2.0",
            "path": visit.target,
            "method": visit.method,
            "headers": _lists(visit.fields),
            "queryStringParameters": _lists(parse_qsl(visit.query, keep_blank_values=True)),
            "requestContext": {
                "serviceNetworkArn": f"{account}:servicenetwork/sn-0bf3f2882e9cc805a",
                "serviceArn": f"{account}:service/svc-0a40eebed65f8d69c",
                "targetGroupArn": f"{account}:targetgroup/tg-6d0ecf831eec9f09",
                "identity": {"sourceVpcArn": "arn:aws:ec2:us-east-2:123456789012:vpc/vpc-0b8276c84697e7339"},
                "region": "us-east-2",
                "timeEpoch": "1690497599177430",
            },
        } | _body(visit)

    def seen(self, answer: Any) -> Seen:
        """Return what a browser gets for a function's answer."""
        if not (isinstance(answer, dict) and isinstance(answer.get("statusCode"), int)):
            raise MalformedError(answer)
        headers = [
            (name, value)
            for name, values in (answer.get("headers") or {}).items()
            for value in (values if isinstance(values, list) else [values])
        ]
        return Seen(answer["statusCode"], tuple(headers), _content(answer))


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _body(visit: Visit) -> dict[str, Any]:
    if not visit.body:
        return {}
    text = visit.body.decode() if visit.is_text else b64encode(visit.body).decode()
    return {"body": text, "isBase64Encoded": not visit.is_text}


def _content(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body") or ""
    return b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
