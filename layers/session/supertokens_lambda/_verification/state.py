"""What a session is made of, whoever verified it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._http.message import Additions


class SessionState(Protocol):
    """Where a session comes from: what it says, and what using it adds to the response."""

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
        """The access token, the newest one."""

    @property
    def access_token_payload(self) -> Mapping[str, Any]:
        """The newest access token's payload."""

    def sdk(self) -> SessionContainer:
        """Give SuperTokens' own object for this session."""

    def additions(self) -> Additions:
        """Give the cookies and headers that the response has to carry."""
