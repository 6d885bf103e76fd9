"""AWS' doors from the outside: each makes an event of a visit, and of a function's answer what the browser sees.

API Gateway's are those of the local gateway. A load balancer and VPC Lattice are as "Use Lambda functions as targets of
an Application Load Balancer" and "Lambda functions as targets in VPC Lattice" say, and take nothing else.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from supertokens_lambda_local.answers import make_answer
from supertokens_lambda_local.application import Door as Kind
from supertokens_lambda_local.application import Route
from supertokens_lambda_local.events import make_event
from supertokens_lambda_local.request import HttpRequest
from supertokens_lambda_local.routing import Match

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Visit:
    """What a browser sends."""

    method: str = "GET"
    target: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[str, ...] = ()
    body: bytes = b""
    scheme: str = "https"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All header fields, names in lower case, as after HTTP/2."""
        cookies = [("cookie", "; ".join(self.cookies))] if self.cookies else []
        port = "443" if self.scheme == "https" else "80"
        forwarded = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-port", port), ("x-forwarded-proto", self.scheme)]
        return [(name.lower(), value) for name, value in self.headers] + cookies + forwarded

    @property
    def is_text(self) -> bool:
        return dict(self.fields).get("content-type", "").startswith(_TEXT)


@dataclass(frozen=True)
class Seen:
    """What a browser is sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Door(Protocol):
    """A door, from the outside."""

    def event(self, visit: Visit) -> dict[str, Any]: ...

    def seen(self, answer: Any) -> Seen: ...


class MalformedError(Exception):
    """An answer that the door reports as 502."""


@dataclass(frozen=True)
class ApiGateway:
    """An API of API Gateway, or a function's own URL."""

    kind: Kind
    stage: str = "$default"

    @property
    def route(self) -> Route:
        return Route("ANY", "/{proxy+}", self.kind, self.stage, "Page", ("*/*",))

    def event(self, visit: Visit) -> dict[str, Any]:
        headers = tuple(field for field in visit.fields if not field[0].startswith("x-forwarded"))
        request = HttpRequest(
            method=visit.method,
            raw_path=visit.path,
            raw_query=visit.query,
            headers=headers,
            body=visit.body,
            client="192.0.2.1",
            host=self.route.host or dict(headers).get("host", "localhost"),
            scheme=visit.scheme,
        )
        path = visit.path.removeprefix(f"/{self.stage}")
        event = make_event(request, Match(self.route, path, {"proxy": path[1:]}))
        return json.loads(json.dumps(event))  # type: ignore[no-any-return]  # an object

    def seen(self, answer: Any) -> Seen:
        made = make_answer(self.route, json.dumps(answer), "*/*")
        return Seen(made.status, made.headers, made.body)


@dataclass(frozen=True)
class LoadBalancer:
    """An Application Load Balancer."""

    multi_value: bool

    def event(self, visit: Visit) -> dict[str, Any]:
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
    """A service of VPC Lattice whose target group has the event structure V2."""

    def event(self, visit: Visit) -> dict[str, Any]:
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


@dataclass(frozen=True)
class Place:
    """Where a website is.

    Attributes
    ----------
    door
        That its visits come through.
    prefix
        The stage or base path in front of each path that a browser sees.
    one_cookie
        Whether an answer carries one cookie, so that no session is refreshed.
    """

    door: Door
    prefix: str = ""
    one_cookie: bool = False


# A door that is added here is tested with every other.
DOORS = {
    "http_api": Place(ApiGateway("http-api-2.0")),
    "http_api_stage": Place(ApiGateway("http-api-2.0", "dev"), "/dev"),
    "http_api_1": Place(ApiGateway("http-api-1.0")),
    "rest_api": Place(ApiGateway("rest-api", "Prod")),
    "rest_api_stage": Place(ApiGateway("rest-api", "dev"), "/dev"),
    "function_url": Place(ApiGateway("function-url")),
    "alb": Place(LoadBalancer(multi_value=True)),
    "alb_single_value": Place(LoadBalancer(multi_value=False), one_cookie=True),
    "lattice": Place(Lattice()),
}
REFRESHING = [name for name, place in DOORS.items() if not place.one_cookie]
