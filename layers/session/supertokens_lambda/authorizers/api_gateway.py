"""Authorizers for HTTP APIs and REST APIs ("Use API Gateway Lambda authorizers")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._entry import Refused, open_event
from supertokens_lambda._http.message import Response
from supertokens_lambda._init_phase import prepare
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
    """Return an authorizer for HTTP APIs: payload format 2.0, simple responses.

    The functions behind it find ``userId``, ``recipeUserId``, ``tenantId`` and ``sessionHandle`` in
    ``requestContext.authorizer.lambda``. A visitor who is not signed in gets the 403 of API Gateway. If the session
    cannot be checked, the authorizer fails and the visitor gets a 500. An authorizer of an HTTP API cannot redirect.
    Results must not be cached (``AuthorizerResultTtlInSeconds: 0``, or no identity source): a simple response is valid
    for all routes.

    Parameters
    ----------
    anti_csrf_check, check_database, override_global_claim_validators
        As in `verify_session`.

    Returns
    -------
    callable
        A handler that takes an event and a context, and returns whether the request is authorized.

    Raises
    ------
    UnavailableError
        Raised by the authorizer: the signing keys or the core are unavailable.

    Examples
    --------
    >>> from supertokens_lambda.authorizers import http_api_authorizer
    >>> handler = http_api_authorizer(check_database=True)
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
    """Return an authorizer for REST APIs: of type REQUEST, with a policy as its answer.

    The functions behind it find ``userId``, ``recipeUserId``, ``tenantId`` and ``sessionHandle`` in
    ``requestContext.authorizer``. Where the guard redirects a page, as to the refresh, the page is denied with
    ``location`` in the context, and the gateway response ACCESS_DENIED redirects there. Other refused requests get the
    401 of API Gateway. Results must not be cached (``ReauthorizeEvery: 0``): a policy is valid for one method and path,
    so a cached policy denies the next page.

    Parameters
    ----------
    anti_csrf_check, check_database, override_global_claim_validators, on_failure, refresh_path
        As in `verify_session`.

    Returns
    -------
    callable
        A handler that takes an event and a context, and returns a policy.

    Raises
    ------
    UnavailableError
        Raised by the authorizer: the signing keys or the core are unavailable.

    Examples
    --------
    >>> from supertokens_lambda.authorizers import rest_api_authorizer
    >>> handler = rest_api_authorizer(check_database=True)
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
            # A denial is always a redirect, since a gateway response has one status.
            raise UnauthorizedError
        return denied(event, {"location": location})

    return authorizer


def _session_of(event: Event, context: Any, options: VerifyOptions) -> Session | Response:
    opened = open_event(event, context)
    return opened.response if isinstance(opened, Refused) else decide(opened[1], options)
