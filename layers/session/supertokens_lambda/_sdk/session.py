"""The state of a session in the SDK's container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._sdk.sdk_response import SdkResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._http.message import Additions
    from supertokens_lambda._sdk.sdk_call import SdkCall


class SdkSession:
    """A session in the SDK's container."""

    def __init__(self, container: SessionContainer, call: SdkCall) -> None:
        self._container = container
        self._call = call
        self.user_id: str = container.get_user_id()
        self.recipe_user_id: str = container.get_recipe_user_id().get_as_string()
        self.tenant_id: str = container.get_tenant_id()
        self.handle: str = container.get_handle()

    @property
    def access_token(self) -> str:
        """The newest access token."""
        return self._container.get_access_token()

    @property
    def access_token_payload(self) -> Mapping[str, Any]:
        """The claims of the newest access token."""
        return self._container.get_access_token_payload()

    def sdk(self) -> SessionContainer:
        """Return the container."""
        return self._container

    def additions(self) -> Additions:
        """Return the changes of the session, as the SDK writes them."""
        response = SdkResponse()
        self._call.write_session(self._container, response)
        return response.additions()
