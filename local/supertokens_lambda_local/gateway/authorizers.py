"""How API Gateway asks an authorizer, and what it makes of its answer ("Use API Gateway Lambda authorizers")."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal
from urllib.parse import parse_qs

from supertokens_lambda_local.gateway.outcome import Outcome
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.template.api_model import Authorizer

# The types of gateway responses ("Gateway response types for API Gateway").
Kind = Literal["UNAUTHORIZED", "ACCESS_DENIED", "AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"]
# A function that raises an error with this very message means 401.
_UNAUTHORIZED = "Unauthorized"


@dataclass(frozen=True)
class Decision:
    """What an authorizer comes to.

    Attributes
    ----------
    refusal : Kind or None
        Why the request is turned away; None if it is let through.
    context : mapping of str to scalars
        What the authorizer says of the visitor.
    """

    refusal: Kind | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


def identity_of(request: HttpRequest, authorizer: Authorizer) -> list[str] | None:
    """Return the values of an authorizer's identity sources; None if one is missing or malformed: nobody is asked."""
    query = parse_qs(request.raw_query)
    found = []
    for source in authorizer.identity_sources:
        kind, _, name = source.partition(".")
        found.append(request.header(name) if kind == "header" else "".join(query.get(name, [])[:1]))
    if authorizer.pattern and not all(re.fullmatch(authorizer.pattern, value) for value in found):
        return None
    return found if all(found) else None


def decision_of(authorizer: Authorizer, outcome: Outcome, arn: str) -> Decision:
    """Read an authorizer's answer.

    Parameters
    ----------
    authorizer : Authorizer
        Who was asked.
    outcome : Outcome
        What came of it.
    arn : str
        The resource that the request is for.
    """
    if outcome.error:
        return Decision("UNAUTHORIZED" if outcome.error.message == _UNAUTHORIZED else "AUTHORIZER_FAILURE")
    answer = json.loads(outcome.result)
    context = answer.get("context") or {} if isinstance(answer, dict) else None
    if not isinstance(context, dict) or not all(isinstance(value, str | int | float) for value in context.values()):
        return Decision("AUTHORIZER_CONFIGURATION_ERROR")
    if authorizer.is_simple:
        allowed = answer.get("isAuthorized")
        if not isinstance(allowed, bool):
            return Decision("AUTHORIZER_CONFIGURATION_ERROR")
        return Decision(None if allowed else "ACCESS_DENIED", context)
    try:
        allowed = _allows(answer["policyDocument"]["Statement"], arn)
        principal = answer["principalId"]
    except (AttributeError, KeyError, TypeError):
        return Decision("AUTHORIZER_CONFIGURATION_ERROR")
    return Decision(None if allowed else "ACCESS_DENIED", {**context, "principalId": principal})


def _allows(statements: Sequence[Mapping[str, Any]], arn: str) -> bool:
    """Evaluate a policy: what is not allowed is denied, and so is what is both."""
    effects = {
        statement["Effect"]
        for statement in statements
        if _is_among("execute-api:Invoke", statement["Action"]) and _is_among(arn, statement["Resource"])
    }
    return effects == {"Allow"}


def _is_among(value: str, patterns: str | Sequence[str]) -> bool:
    # A policy knows * and ? alone.
    every = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in every)
