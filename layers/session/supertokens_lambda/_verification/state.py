"""The protocol of a session's state, for sessions verified with and without the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._http.message import Additions


class SessionState(Protocol):
    """The data of a session, and what the session adds to the response."""

    @property
    def user_id(self) -> str:
        """The user's id."""

    @property
    def recipe_user_id(self) -> str:
        """The id of the user's sign-in method."""

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""

    @property
    def handle(self) -> str:
        """The session's handle."""

    @property
    def access_token(self) -> str:
        """The newest access token."""

    @property
    def access_token_payload(self) -> Mapping[str, Any]:
        """The newest access token's payload."""

    def sdk(self) -> SessionContainer:
        """Return SuperTokens' container of this session."""

    def additions(self) -> Additions:
        """Return the cookies and headers that the response must carry."""
