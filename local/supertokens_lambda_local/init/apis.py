"""The API that the session's routes are added to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.template.unknown import listed, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from supertokens_lambda_local.init.survey import Survey

Kind = Literal["http", "rest", "url"]
KINDS: tuple[Kind, ...] = ("http", "rest", "url")
_TYPES: dict[str, Kind] = {"AWS::Serverless::HttpApi": "http", "AWS::Serverless::Api": "rest"}
_PLAIN = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
_EVENTS: dict[str, Kind] = {"HttpApi": "http", "Api": "rest"}
_IDS = {"http": "ApiId", "rest": "RestApiId"}
_GLOBALS = {"http": "HttpApi", "rest": "Api"}
# The APIs that SAM makes of events that name none.
_IMPLICIT: dict[Kind, str] = {"http": "ServerlessHttpApi", "rest": "ServerlessRestApi"}
_DOMAINS = ("AWS::ApiGateway::BasePathMapping", "AWS::ApiGatewayV2::ApiMapping")


@dataclass(frozen=True)
class Api:
    """An API, or the Function URLs of a template.

    Attributes
    ----------
    kind : {"http", "rest", "url"}
        HTTP API, REST API, or Function URLs.
    name : str
        Its logical id; empty for Function URLs.
    is_implicit : bool
        Whether SAM makes it of events that name no API.
    stage : str
        The path that browsers see before every other, as YAML; empty if there is none.
    auth : str
        What an event needs so that the API asks nothing of its own, as YAML; empty if nothing.
    problem : str
        Why events cannot add routes to it; empty if they can.
    """

    kind: Kind
    name: str
    is_implicit: bool = False
    stage: str = ""
    auth: str = ""
    problem: str = ""

    def event(self, method: str, path: str) -> str:
        """Return the event of a route, as YAML."""
        key = "" if self.is_implicit else f"{_IDS[self.kind]}: !Ref {self.name}, "
        auth = f", Auth: {self.auth}" if self.auth else ""
        properties = f'{{{key}Path: "{path}", Method: {method}{auth}}}'
        return f"Type: {'HttpApi' if self.kind == 'http' else 'Api'}\nProperties: {properties}\n"


def choose_api(survey: Survey, guarded: tuple[str, ...], wanted: str | None, name: str) -> Api:
    """Return the API that the guarded functions are behind, or the only one.

    Raises
    ------
    InitError
        There are several, or the one that is wanted does not exist.
    """
    functions = guarded or tuple(survey.functions)
    found = {api.name or "url": api for api in _of_functions(survey, functions)}
    if not guarded:
        found |= {api.name: api for api in _explicit(survey)}
    if wanted:
        everything = {api.name: api for api in _explicit(survey)} | found
        matching = [api for key, api in everything.items() if wanted in (key, api.kind)]
        if len(matching) != 1 and not (wanted in KINDS and not matching and not guarded):
            raise InitError(f"{name}: has no API {wanted}; choose one of {', '.join(everything) or ', '.join(KINDS)}")
        found = {api.name: api for api in matching}
    kind: Kind = next((each for each in KINDS if each == wanted), "http")
    if not found:
        if kind == "url":
            raise InitError(f"{name}: no function has a FunctionUrlConfig; name the one with pages with --guard")
        plain = _plain(survey)
        if plain and not wanted:
            raise InitError(
                f"{name}: {plain} is not an API of AWS SAM; add the routes there yourself, as existing-app.md shows, "
                "or have one more API, with a host of its own, by --api http"
            )
        return Api(kind, _IMPLICIT[kind], is_implicit=True, stage="/Prod" if kind == "rest" else "")
    behind_api = {key: api for key, api in found.items() if api.kind != "url"}
    if len(found) > 1 and len(behind_api) != 1:
        raise InitError(f"{name}: has several APIs; choose one with --api: {', '.join(found)}")
    return next(iter((behind_api or found).values()))


def paths_of(survey: Survey, api: Api) -> Iterator[tuple[str, str, str]]:
    """Return the function, the method and the path of each route that the application has at an API."""
    for function in survey.functions:
        for kind, event in survey.events(function):
            if _EVENTS.get(kind) == api.kind and _name(kind, event) == api.name:
                path = event.get("Path", event.get("path", "$default"))
                method = event.get("Method", event.get("method", "ANY"))
                if isinstance(path, str):
                    yield function, str(method).upper(), path


def pages_of(survey: Survey, api: Api, function: str) -> list[str]:
    """Return the paths of a function that a browser may open, with their variables."""
    return [path for name, method, path in paths_of(survey, api) if name == function and method in ("GET", "ANY")]


def home_of(survey: Survey, api: Api, guarded: tuple[str, ...]) -> str:
    """Return the page after a sign-in; empty if no route says which page exists."""
    everything = [path for function in survey.functions for path in pages_of(survey, api, function)]
    if api.kind == "url" or "/" in everything or "$default" in everything:
        return "/"
    pages = (path for function in guarded for path in pages_of(survey, api, function))
    return next((path for path in pages if "{" not in path), "")


def _of_functions(survey: Survey, functions: tuple[str, ...]) -> Iterator[Api]:
    for function in functions:
        for kind, event in survey.events(function):
            if kind in _EVENTS:
                name = _name(kind, event)
                if name in survey.resources:
                    yield _described(survey, name)
                elif name == _IMPLICIT[_EVENTS[kind]]:
                    yield _implicit(survey, _EVENTS[kind])
        if survey.has_url(function):
            yield Api("url", "")


def _explicit(survey: Survey) -> Iterator[Api]:
    for name, resource in survey.resources.items():
        if resource.get("Type") in _TYPES:
            yield _described(survey, name)


def _plain(survey: Survey) -> str:
    """Return an API for pages that is written in plain CloudFormation; empty if there is none."""
    # A second API would have another host, and cookies of sessions do not reach the pages of the first one.
    for name, resource in survey.resources.items():
        protocol = mapping(resource.get("Properties")).get("ProtocolType", "HTTP")
        if resource.get("Type") in _PLAIN and protocol != "WEBSOCKET":
            return name
    return ""


def _name(kind: str, event: Mapping[str, Any]) -> str:
    given = event.get(_IDS[_EVENTS[kind]])
    if given is None:
        return _IMPLICIT[_EVENTS[kind]]
    return str(given.get("Ref", "")) if isinstance(given, dict) else str(given)


def _implicit(survey: Survey, kind: Kind) -> Api:
    settings = mapping(mapping(survey.template.get("Globals")).get(_GLOBALS[kind]))
    stage = "/Prod" if kind == "rest" and not _has_domain(survey, settings) else ""
    return Api(kind, _IMPLICIT[kind], is_implicit=True, stage=stage, auth=_auth(kind, settings))


def _described(survey: Survey, name: str) -> Api:
    kind = _TYPES.get(str(survey.resources[name].get("Type")), "http")
    settings = mapping(mapping(survey.template.get("Globals")).get(_GLOBALS[kind]))
    own = {**settings, **mapping(survey.resources[name].get("Properties"))}
    stage = "" if _has_domain(survey, own) else _stage(own.get("StageName"))
    # SAM adds the routes of events to no definition that is given.
    is_given = "DefinitionUri" in own or "DefinitionBody" in own
    problem = "its routes are in an OpenAPI definition" if is_given else ""
    return Api(kind, name, stage=stage, auth=_auth(kind, own), problem=problem)


def _has_domain(survey: Survey, settings: Mapping[str, Any]) -> bool:
    return "Domain" in settings or any(each.get("Type") in _DOMAINS for each in survey.resources.values())


def _stage(given: Any) -> str:
    if isinstance(given, dict):
        inner = given.get("Fn::Sub", f"${{{given['Ref']}}}" if "Ref" in given else "")
        return f"!Sub /{inner}" if isinstance(inner, str) and inner else ""
    return "" if given in (None, "$default") else f"/{given}"


def _auth(kind: Kind, settings: Mapping[str, Any]) -> str:
    auth = mapping(settings.get("Auth"))
    parts = ["Authorizer: NONE"] if auth.get("DefaultAuthorizer") else []
    if kind == "rest" and listed(auth.get("ApiKeyRequired")) == [True]:
        parts.append("ApiKeyRequired: false")
    return f"{{{', '.join(parts)}}}" if parts else ""
