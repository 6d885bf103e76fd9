"""Authorizers of HTTP APIs and REST APIs ("Use API Gateway Lambda authorizers")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._entry import Refused, open_event
from supertokens_lambda._http.message import Response
from supertokens_lambda._runtime import prepare
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda.authorizers.decision import UnauthorizedError, allowed, context_of, decide, denied

if TYPE_CHECKING:
    from supertokens_lambda._entry import Event
    from supertokens_lambda._verification.options import OnFailure, Validators
    from supertokens_lambda._verification.session import Session
    from supertokens_lambda.authorizers.decision import Authorizer


def http_api_authorizer(
    *,
    anti_csrf_check: bool | None = None,
    check_database: bool = False,
    override_global_claim_validators: Validators | None = None,
) -> Authorizer:
    """Make an authorizer for HTTP APIs: payload format 2.0, simple responses.

    The functions behind it find ``userId``, ``recipeUserId``, ``tenantId`` and ``sessionHandle`` in
    ``requestContext.authorizer.lambda``. A visitor who is not signed in gets API Gateway's 403; where nobody can tell
    the authorizer fails, which is a 500. An HTTP API cannot be told to redirect. Results must not be cached
    (``AuthorizerResultTtlInSeconds: 0``, or no identity source): a simple response is for all routes at once.

    Parameters
    ----------
    anti_csrf_check, check_database, override_global_claim_validators
        As `verify_session`'s.

    Returns
    -------
    callable
        Takes an event and a context, and gives whether the request is authorized.

    Raises
    ------
    UnavailableError
        By the authorizer: keys or core are out of reach.
    """
    prepare()
    options = VerifyOptions(
        anti_csrf_check=anti_csrf_check,
        check_database=check_database,
        override_global_claim_validators=override_global_claim_validators,
        on_failure="status",
    )

    def authorizer(event: Event, context: Any) -> dict[str, Any]:
        found = _session_of(event, context, options)
        if isinstance(found, Response):
            return {"isAuthorized": False}
        return {"isAuthorized": True, "context": context_of(found)}

    return authorizer


def rest_api_authorizer(
    *,
    anti_csrf_check: bool | None = None,
    check_database: bool = False,
    override_global_claim_validators: Validators | None = None,
    on_failure: OnFailure = "auto",
    refresh_path: str | None = None,
) -> Authorizer:
    """Make an authorizer for REST APIs: of type REQUEST, answering with a policy.

    The functions behind it find ``userId``, ``recipeUserId``, ``tenantId`` and ``sessionHandle`` in
    ``requestContext.authorizer``. A page that has to go by the refresh is denied with ``location`` in the context, for
    the gateway response ACCESS_DENIED to redirect to. Anything else that is refused is API Gateway's 401. Results must
    not be cached (``ReauthorizeEvery: 0``): a policy is for one method and path, so that a cached one denies the
    visitor's next page.

    Parameters
    ----------
    anti_csrf_check, check_database, override_global_claim_validators, on_failure, refresh_path
        As `verify_session`'s.

    Returns
    -------
    callable
        Takes an event and a context, and gives a policy.

    Raises
    ------
    UnavailableError
        By the authorizer: keys or core are out of reach.
    """
    prepare()
    options = VerifyOptions(
        anti_csrf_check=anti_csrf_check,
        check_database=check_database,
        override_global_claim_validators=override_global_claim_validators,
        on_failure=on_failure,
        refresh_path=refresh_path,
    )

    def authorizer(event: Event, context: Any) -> dict[str, Any]:
        found = _session_of(event, context, options)
        if not isinstance(found, Response):
            return allowed(event, found)
        location = dict(found.headers).get("location")
        if location is None:
            # To deny is for redirects, since a gateway response has one status.
            raise UnauthorizedError
        return denied(event, {"location": location})

    return authorizer


def _session_of(event: Event, context: Any, options: VerifyOptions) -> Session | Response:
    opened = open_event(event, context)
    return opened.response if isinstance(opened, Refused) else decide(opened[1], options)
