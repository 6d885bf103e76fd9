"""What all authorizers have in common: the guard's decision, and the words that AWS takes for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.message import Request, Response
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from supertokens_lambda._verification.options import VerifyOptions
    from supertokens_lambda._verification.session import Session

Authorizer = Callable[[dict[str, Any], Any], dict[str, Any]]


class UnavailableError(Exception):
    """The session cannot be checked; API Gateway answers an authorizer's error with 500."""


class UnauthorizedError(Exception):
    """What API Gateway takes for 401, by its very message ("Use API Gateway Lambda authorizers")."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def decide(request: Request, options: VerifyOptions) -> Session | Response:
    """Give the session, or what the guard would answer.

    Raises
    ------
    UnavailableError
        Keys or core are out of reach, or the core refuses the call: that turns nobody away.
    """
    admitted = current().guard.admit(request, options)
    if not isinstance(admitted, Response):
        assert admitted.session is not None  # noqa: S101 - a session is required
        return admitted.session
    if admitted.status >= 500:
        raise UnavailableError("the session cannot be checked; the log has the reason")
    return admitted


def context_of(session: Session) -> dict[str, str]:
    """Give what the functions behind an authorizer are told; AWS takes nothing but scalars."""
    return {
        "userId": session.get_user_id(),
        "recipeUserId": session.get_recipe_user_id().get_as_string(),
        "tenantId": session.get_tenant_id(),
        "sessionHandle": session.get_handle(),
    }


def allowed(event: dict[str, Any], session: Session) -> dict[str, Any]:
    """Write the policy of a visitor with a session: for what was asked for, and nothing else.

    The verdict is on one request: another method wants its anti-CSRF check, and the core may have to be asked again.
    """
    return _policy("Allow", event, session.get_user_id(), context_of(session))


def denied(event: dict[str, Any], context: dict[str, str]) -> dict[str, Any]:
    """Write the policy of a request that is turned away; the context is for the gateway response."""
    return _policy("Deny", event, "nobody", context)


def _policy(effect: str, event: dict[str, Any], principal: str, context: dict[str, str]) -> dict[str, Any]:
    # An asterisk that a visitor puts into a path would stand for every other path; a question mark stands for one
    # character, also for that asterisk.
    resource = str(event["methodArn"]).replace("*", "?")
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context,
    }
