"""Authorizer for AppSync ("AWS_LAMBDA authorization" in the documentation of AppSync)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._deadline import begin_invocation
from supertokens_lambda._http.event_sources.fields import EventError, fields, split_cookies
from supertokens_lambda._http.message import Request, Response
from supertokens_lambda._init_phase import prepare
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda.authorizers.decision import context_of, decide

if TYPE_CHECKING:
    from supertokens_lambda._entry import Event
    from supertokens_lambda._verification.options import Validators
    from supertokens_lambda.authorizers.decision import Authorizer


def appsync_authorizer(
    *,
    anti_csrf_check: bool | None = None,
    check_database: bool = False,
    override_global_claim_validators: Validators | None = None,
) -> Authorizer:
    """Return an authorizer for AppSync.

    The access token is in the header ``Authorization``, or in the cookies of a browser on the domain of the API. Even
    with cookies the header is required, with any value. Resolvers find ``userId``, ``recipeUserId``, ``tenantId`` and
    ``sessionHandle`` in ``identity.resolverContext``. Results are not cached, since a session may end at any time.

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
    >>> from supertokens_lambda.authorizers import appsync_authorizer
    >>> handler = appsync_authorizer(check_database=True)
    """
    prepare()
    options = VerifyOptions(
        anti_csrf_check=anti_csrf_check,
        check_database=check_database,
        override_global_claim_validators=override_global_claim_validators,
        on_failure="status",
    )

    def authorizer(event: Event, context: Any) -> dict[str, Any]:
        begin_invocation(context)
        request = _request(event)
        found = decide(request, options) if request else None
        if found is None or isinstance(found, Response):
            return {"isAuthorized": False, "ttlOverride": 0}
        return {"isAuthorized": True, "resolverContext": context_of(found), "ttlOverride": 0}

    return authorizer


def _request(event: Event) -> Request | None:
    try:
        headers, cookies = split_cookies(fields(event, "requestHeaders"))
    except EventError:
        return None
    token = event.get("authorizationToken")
    if isinstance(token, str) and token:
        headers["authorization"] = token if token.startswith("Bearer ") else f"Bearer {token}"
    return Request(method="POST", seen_path="/graphql", path="/graphql", headers=headers, cookies=cookies)
