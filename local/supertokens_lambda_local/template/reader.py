"""Reads a template into the model that the gateway and the doctor use."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import reduce
from typing import TYPE_CHECKING

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.apis import Apis
from supertokens_lambda_local.template.functions import Functions
from supertokens_lambda_local.template.model import Application, Omission, Table, TargetGroup
from supertokens_lambda_local.template.parameters import DEFAULT_CONFIG_ENV, check_declared, from_samconfig
from supertokens_lambda_local.template.stack import Stack
from supertokens_lambda_local.template.syntax import as_text
from supertokens_lambda_local.template.unknown import Unknown, known, listed, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TABLE = "AWS::DynamoDB::Table"
_TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_MULTI_VALUE = "lambda.multi_value_headers.enabled"


def read_template(
    file: Path, parameters: Mapping[str, str] | None = None, config_env: str = DEFAULT_CONFIG_ENV
) -> Application:
    """Read a template.

    Parameters
    ----------
    file : Path
        The template; the folders it names are relative to its own.
    parameters : mapping of str to str, optional
        Values of the template's parameters, before those of samconfig.toml and the defaults.
    config_env : str
        The table of samconfig.toml that is read.

    Raises
    ------
    TemplateError
        If the file cannot be read, or AWS would refuse it.
    LocalError
        If samconfig.toml cannot be read.
    """
    given = parameters or {}
    stack = Stack(file.resolve(), {**from_samconfig(file.resolve().parent, config_env), **given})
    check_declared(stack.file, stack.source, given)
    return _application(stack)


def check_served(file: Path, application: Application) -> None:
    """Raise an error if there is nothing in a template that could be served here.

    Raises
    ------
    TemplateError
        If nothing leads to a function or a server, or the code of a function is missing.
    """
    hidden = [(f"the definition of {api.name}", api.unknown) for api in application.apis if api.unknown]
    if not application.routes and (elsewhere := [*application.not_looked_at, *hidden]):
        raise TemplateError(
            file, "", f"has nothing to serve here: {elsewhere[0][0]} is left out, since {elsewhere[0][1]}"
        )
    if not application.routes:
        raise TemplateError(file, "", "no function has an event of type HttpApi or Api, or a FunctionUrlConfig")
    asked = {route.function for route in application.routes}
    asked |= {route.authorizer.function for route in application.routes if route.authorizer}
    for function in application.functions:
        if function.name in asked and not function.unavailable and not function.code_uri.is_dir():
            problem = f"its code {function.code_uri} is not a folder; correct CodeUri, or build it first"
            raise TemplateError(file, function.name, problem)


def _application(stack: Stack) -> Application:
    functions = Functions(stack)
    found = sorted(functions.all(), key=lambda function: stack.order_of(function.name))
    ranks = {function.name: rank for rank, function in enumerate(found)}
    omitted: dict[tuple[str, str], list[str]] = {}
    apis = list(Apis(stack, lambda what, why, place: omitted.setdefault((what, why), []).append(place)).all())
    # The API of the first function is the first one: SAM makes those up that no resource stands for.
    apis.sort(
        key=lambda pair: (
            min((ranks.get(route.function, len(ranks)) for route in pair[1]), default=len(ranks)),
            stack.order_of(pair[0].name),
        )
    )
    own = Application(
        functions=tuple(found),
        routes=tuple(
            route
            for _, routes in apis
            for route in sorted(routes, key=lambda route: ranks.get(route.function, len(ranks)))
        ),
        omissions=(
            *functions.omissions(),
            *(Omission(what, why, tuple(places)) for (what, why), places in omitted.items()),
        ),
        apis=tuple(api for api, _ in apis),
        tables=tuple(_table(stack, name) for name in stack.names(_TABLE)),
        target_groups=tuple(_target_groups(stack)),
        not_looked_at=tuple(dict.fromkeys(stack.not_looked_at)),
    )
    return reduce(_joined, (_named(name, _application(child)) for name, child in stack.children.items()), own)


def _table(stack: Stack, name: str) -> Table:
    key = stack.property(name, "KeySchema")
    parts = [mapping(part) for part in listed(key)]
    expiry = stack.property(name, "TimeToLiveSpecification")
    enabled = mapping(expiry).get("Enabled")
    attribute = mapping(expiry).get("AttributeName")
    is_unknown = any(isinstance(each, Unknown) for each in (expiry, enabled, attribute))
    is_on = as_text(known(enabled, False)).lower() == "true"
    return Table(
        name,
        as_text(known(stack.property(name, "TableName"), "")),
        None
        if isinstance(key, Unknown)
        else tuple((as_text(part.get("AttributeName")), as_text(part.get("KeyType"))) for part in parts),
        None if is_unknown else as_text(attribute) if is_on else "",
    )


def _target_groups(stack: Stack) -> Iterator[TargetGroup]:
    for name in stack.names(_TARGET_GROUP):
        if known(stack.property(name, "TargetType")) == "lambda":
            attributes = stack.property(name, "TargetGroupAttributes")
            pairs = {as_text(mapping(each).get("Key")): mapping(each).get("Value") for each in listed(attributes)}
            value = attributes if isinstance(attributes, Unknown) else pairs.get(_MULTI_VALUE, "false")
            yield TargetGroup(name, None if isinstance(value, Unknown) else as_text(value).lower() == "true")


def _named(stack: str, application: Application) -> Application:
    """Return what a nested stack comes to, its functions and APIs named as `sam` names them."""

    def named(name: str) -> str:
        return name and f"{stack}/{name}"

    return replace(
        application,
        functions=tuple(replace(each, name=named(each.name)) for each in application.functions),
        routes=tuple(
            replace(
                route,
                function=named(route.function),
                api=named(route.api),
                authorizer=route.authorizer and replace(route.authorizer, function=named(route.authorizer.function)),
            )
            for route in application.routes
        ),
        omissions=tuple(replace(each, functions=tuple(map(named, each.functions))) for each in application.omissions),
        apis=tuple(replace(each, name=named(each.name)) for each in application.apis),
    )


def _joined(one: Application, other: Application) -> Application:
    return Application(*(getattr(one, part.name) + getattr(other, part.name) for part in fields(Application)))
