"""What an API has before its routes: who is asked, what other origins may, and what it answers by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.template.api_model import Cors, GatewayResponse
from supertokens_lambda_local.template.syntax import MalformedValueError, as_text
from supertokens_lambda_local.template.unknown import Unknown, as_definition, known, listed, mapping, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCE = re.compile(r"(?:method\.request\.|\$request\.)(header|querystring)\.(.+)")


def sources_of(scheme: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the identity sources of an authorizer, as `Authorizer` has them."""
    if as_text(scheme.get("type", "")).lower() == "token":
        return (f"header.{as_text(scheme.get('header') or 'Authorization')}".lower(),)
    sources = known(scheme.get("identitySource"), "")
    found = sources if isinstance(sources, list) else as_text(sources).split(",")
    matches = [match for source in found if (match := _SOURCE.fullmatch(text_of(source).strip()))]
    return tuple(
        f"header.{match[2]}".lower() if match[1] == "header" else f"querystring.{match[2]}" for match in matches
    )


def mock_of(integration: Mapping[str, Any]) -> GatewayResponse:
    """Return the first response of a mock integration, the way that SAM writes an answer to preflights."""
    responses = integration.get("responses", integration.get("integrationResponses"))
    every = list(responses.values()) if isinstance(responses, dict) else listed(responses)
    return _response(mapping(next(iter(every), None)), "method.response.header.")


def gateway_response_of(response: Mapping[str, Any]) -> GatewayResponse:
    """Return a gateway response of a REST API."""
    return _response(response, "gatewayresponse.header.")


def _response(response: Mapping[str, Any], prefix: str) -> GatewayResponse:
    status = as_text(known(response.get("statusCode"), ""))
    if status and not status.isdecimal():
        raise MalformedValueError("StatusCode is not a number")
    headers = {
        name.removeprefix(prefix): as_text(value)
        for name, value in mapping(response.get("responseParameters")).items()
        if name.startswith(prefix) and not isinstance(value, Unknown)
    }
    return GatewayResponse(int(status) if status else None, headers)


def cors_of(written: Mapping[str, Any]) -> Cors | None:
    """Return what an API allows other origins, with the names of OpenAPI definitions or of CloudFormation."""
    found = as_definition(written)
    if not found:
        return None
    age = as_text(known(found.get("maxAge"), ""))
    return Cors(
        origins=_texts(found, "allowOrigins"),
        methods=_texts(found, "allowMethods"),
        headers=_texts(found, "allowHeaders"),
        exposed=_texts(found, "exposeHeaders"),
        credentials=as_text(known(found.get("allowCredentials"), False)).lower() == "true",
        max_age=int(age) if age.isdecimal() else None,
        unknown=next(
            (each.reason for value in found.values() for each in _parts(value) if isinstance(each, Unknown)), ""
        ),
    )


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(written: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(as_text(item) for item in listed(written.get(name)) if not isinstance(item, Unknown))
