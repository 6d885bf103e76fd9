"""The gateway responses of a REST API ("Gateway responses for REST APIs in API Gateway")."""

from collections.abc import Mapping
from dataclasses import replace

from supertokens_lambda_local.gateway.answers import HttpAnswer
from supertokens_lambda_local.template.api_model import GatewayResponse


def shaped(
    answer: HttpAnswer, kind: str, responses: Mapping[str, GatewayResponse], context: Mapping[str, str]
) -> HttpAnswer:
    """Return an answer with the status and the headers that the API configures.

    Parameters
    ----------
    answer : HttpAnswer
        What API Gateway answers otherwise.
    kind : str
        The type of the gateway response.
    responses : mapping of str to GatewayResponse
        The API's.
    context : mapping of str to str
        The request's values, like ``context.authorizer.location``; a header whose value is not there is left out.
    """
    response = responses.get(kind) or responses.get(f"DEFAULT_{answer.status // 100}XX")
    if response is None:
        return answer
    values = ((name, valued(expression, context)) for name, expression in response.headers.items())
    further = tuple((name, value) for name, value in values if value is not None)
    return replace(answer, status=response.status or answer.status, headers=(*answer.headers, *further))


def mocked(response: GatewayResponse) -> HttpAnswer:
    """Return the answer of a mock integration: a status and literal headers."""
    values = ((name, valued(expression, {})) for name, expression in response.headers.items())
    return HttpAnswer(response.status or 200, tuple((name, value) for name, value in values if value is not None), b"")


def valued(expression: str, context: Mapping[str, str]) -> str | None:
    """Return the value of a mapping expression: a literal in single quotes, or a value of the context."""
    if len(expression) > 1 and expression[0] == expression[-1] == "'":
        return expression[1:-1]
    return context.get(expression)
