"""What a SAM template's API has before its routes: authorizers, and the answers to those that are turned away."""

from collections.abc import Callable, Mapping
from typing import Any

from supertokens_lambda_local.template.application import Authorizer, GatewayResponse
from supertokens_lambda_local.template.cloudformation import MalformedValueError, section
from supertokens_lambda_local.template.document import FUNCTION, Document

NO_AUTHORIZER = "NONE"
_IDENTITY_SOURCES = {"Headers": "header", "QueryStrings": "querystring"}

Omit = Callable[[str, str, str], None]


class Access:
    """Reads authorizers and gateway responses.

    Parameters
    ----------
    document : Document
        The template.
    omit : callable
        Told the name of what cannot be on this machine, why, and whose it is.
    """

    def __init__(self, document: Document, omit: Omit) -> None:
        self._document = document
        self._omit = omit

    def authorizer(self, place: str, api: Mapping[str, Any], chosen: str | None) -> Authorizer | None:
        """Give the authorizer of a route ("ApiAuth" and "HttpApiAuth" in the AWS SAM specification).

        Parameters
        ----------
        place : str
            The route, for messages.
        api : mapping
            The properties of its API.
        chosen : str or None
            What the route says: a name, `NO_AUTHORIZER`, or nothing, which leaves it to the API.

        Raises
        ------
        TemplateError
            If it is malformed.
        """
        with self._document.at(place, "Auth"):
            auth = section(api, "Auth")
            name = chosen or auth.get("DefaultAuthorizer") or NO_AUTHORIZER
            if name == NO_AUTHORIZER:
                return None
            properties = section(section(auth, "Authorizers"), name)
            function = self._function(properties.get("FunctionArn"))
            if function is None or properties.get("FunctionPayloadType", "REQUEST") != "REQUEST":
                self._omit(f"the authorizer {name}", "only the template's functions authorize here, by request", place)
                return None
            identity = section(properties, "Identity")
            return Authorizer(
                function=function,
                identity_sources=tuple(
                    f"{kind}.{source}".lower() if kind == "header" else f"{kind}.{source}"
                    for key, kind in _IDENTITY_SOURCES.items()
                    for source in identity.get(key) or []
                ),
                is_simple=self._document.resolver.value(properties.get("EnableSimpleResponses")) is True,
            )

    def gateway_responses(self, place: str, api: Mapping[str, Any]) -> dict[str, GatewayResponse]:
        """Give the gateway responses of a REST API, by their types.

        Raises
        ------
        TemplateError
            If they are malformed.
        """
        with self._document.at(place, "GatewayResponses"):
            responses = self._document.resolver.value(section(api, "GatewayResponses"))
            return {kind: self._gateway_response(section(responses, kind)) for kind in responses}

    def _function(self, arn: Any) -> str | None:
        of = arn.get("Fn::GetAtt", "") if isinstance(arn, dict) else ""
        name = str(of.partition(".")[0] if isinstance(of, str) else of[0])
        return name if self._document.type_of(name) == FUNCTION else None

    def _gateway_response(self, properties: Mapping[str, Any]) -> GatewayResponse:
        status = str(properties.get("StatusCode", ""))
        if status and not status.isdecimal():
            raise MalformedValueError("StatusCode is not a number")
        headers = section(section(properties, "ResponseParameters"), "Headers")
        return GatewayResponse(int(status) if status else None, headers)
