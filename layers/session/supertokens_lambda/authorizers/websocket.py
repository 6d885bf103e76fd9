"""Authorizer for WebSocket APIs ("Control access to WebSocket APIs with AWS Lambda REQUEST authorizers")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._deadline import begin_invocation
from supertokens_lambda._http.event_sources.fields import EventError, fields, split_cookies
from supertokens_lambda._http.message import Request, Response
from supertokens_lambda._http.origin import is_among
from supertokens_lambda._init_phase import prepare
from supertokens_lambda._runtime import current
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda.authorizers.decision import UnauthorizedError, allowed, decide

if TYPE_CHECKING:
    from supertokens_lambda._entry import Event
    from supertokens_lambda._verification.options import Validators
    from supertokens_lambda.authorizers.decision import Authorizer


def websocket_authorizer(
    *,
    check_database: bool = False,
    override_global_claim_validators: Validators | None = None,
) -> Authorizer:
    """Return an authorizer for the route ``$connect`` of a WebSocket API.

    The functions behind it find ``userId``, ``recipeUserId``, ``tenantId`` and ``sessionHandle`` in
    ``requestContext.authorizer`` of each message, with the values from the start of the connection. Any site can start
    a handshake, and the browser adds the cookies. So the Origin must be the website's or the API's (RFC 6455 section
    10.2).

    Parameters
    ----------
    check_database, override_global_claim_validators
        As in `verify_session`.

    Returns
    -------
    callable
        A handler that takes an event and a context, and returns a policy, or raises for the 401 of API Gateway.

    Raises
    ------
    UnavailableError
        Raised by the authorizer: the signing keys or the core are unavailable.

    Examples
    --------
    >>> from supertokens_lambda.authorizers import websocket_authorizer
    >>> handler = websocket_authorizer(check_database=True)
    """
    prepare()
    options = VerifyOptions(
        check_database=check_database,
        override_global_claim_validators=override_global_claim_validators,
        on_failure="status",
    )

    def authorizer(event: Event, context: Any) -> dict[str, Any]:
        begin_invocation(context)
        found = decide(_handshake(event), options)
        if isinstance(found, Response):
            raise UnauthorizedError
        return allowed(event, found)

    return authorizer


def _handshake(event: Event) -> Request:
    try:
        headers, cookies = split_cookies(list(fields(event, "multiValueHeaders")) or fields(event, "headers"))
    except EventError:
        raise UnauthorizedError from None
    settings = current().settings
    origin = headers.get("origin")
    if origin is not None and not is_among(origin, settings.origins):
        raise UnauthorizedError
    return Request(method="GET", seen_path="/", path="/", headers=headers, cookies=cookies)
