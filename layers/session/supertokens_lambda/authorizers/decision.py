"""The guard's decision for all authorizers, and the policies that express it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._http.message import Request, Response
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from supertokens_lambda._verification.options import VerifyOptions
    from supertokens_lambda._verification.session import Session

Authorizer = Callable[[dict[str, Any], Any], dict[str, Any]]


class UnavailableError(SuperTokensLambdaError):
    """The session cannot be checked; API Gateway answers 500 when an authorizer raises.

    Examples
    --------
    >>> from supertokens_lambda import SuperTokensLambdaError
    >>> from supertokens_lambda.authorizers import UnavailableError
    >>> issubclass(UnavailableError, SuperTokensLambdaError)
    True
    """


class UnauthorizedError(SuperTokensLambdaError):
    """The request is refused; API Gateway turns this message into 401 ("Use API Gateway Lambda authorizers")."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def decide(request: Request, options: VerifyOptions) -> Session | Response:
    """Return the session, or the answer of the guard.

    Raises
    ------
    UnavailableError
        The signing keys or the core are unavailable, or the core refused the call: no reason to refuse the visitor.
    """
    admitted = current().guard.admit(request, options)
    if not isinstance(admitted, Response):
        assert admitted.session is not None  # noqa: S101 - a session is required
        return admitted.session
    if admitted.status >= 500:
        raise UnavailableError("the session cannot be checked; the log has the reason")
    return admitted


def context_of(session: Session) -> dict[str, str]:
    """Return the context for the functions behind an authorizer; AWS accepts only scalars."""
    return {
        "userId": session.get_user_id(),
        "recipeUserId": session.get_recipe_user_id().get_as_string(),
        "tenantId": session.get_tenant_id(),
        "sessionHandle": session.get_handle(),
    }


def allowed(event: dict[str, Any], session: Session) -> dict[str, Any]:
    """Return a policy that allows only this request.

    The verdict is for one request: another method needs an anti-CSRF check, and the core may have to be asked again.
    """
    return _policy("Allow", event, session.get_user_id(), context_of(session))


def denied(event: dict[str, Any], context: dict[str, str]) -> dict[str, Any]:
    """Return a policy that denies the request; the context is for the gateway response."""
    return _policy("Deny", event, "nobody", context)


def _policy(effect: str, event: dict[str, Any], principal: str, context: dict[str, str]) -> dict[str, Any]:
    # An asterisk in the visitor's path would match all paths. A question mark matches one character, so it also matches
    # the asterisk.
    resource = str(event["methodArn"]).replace("*", "?")
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context,
    }
