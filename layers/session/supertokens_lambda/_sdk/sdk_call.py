"""One call of the SDK for a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_python.utils import default_user_context

from supertokens_lambda._sdk.sdk_request import SdkRequest

if TYPE_CHECKING:
    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._http.message import Request
    from supertokens_lambda._sdk.sdk_response import SdkResponse


class SdkCall:
    """One call of the SDK for a request, and its user context.

    Attributes
    ----------
    request : Request
        The request.
    sdk_request : SdkRequest
        The same request with the interface of the SDK.
    user_context : dict
        New for each request, because the SDK caches the core's answers in it.
    """

    def __init__(self, request: Request) -> None:
        self.request: Request = request
        self.sdk_request: SdkRequest = SdkRequest(request)
        self.user_context: dict[str, Any] = default_user_context(self.sdk_request)

    def write_session(self, session: SessionContainer, response: SdkResponse) -> None:
        """Write the changes of a session to a response."""
        for mutator in session.response_mutators:
            mutator(response, self.user_context)
