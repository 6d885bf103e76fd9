"""The session that a handler is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._verification.state import SessionState


class RecipeUserId(str):
    """The id of one of a user's sign-in methods: a string, and SuperTokens' own way to get at it."""

    __slots__ = ()

    def get_as_string(self) -> str:
        """Give the id as a plain string."""
        return str(self)


class Session:
    """A verified session, with the names of SuperTokens' ``SessionContainer``.

    Handlers are given it by `verify_session`; it is not made by hand.
    """

    __slots__ = ("_state",)

    def __init__(self, state: SessionState) -> None:
        self._state = state

    def get_user_id(self) -> str:
        """Give the id of the signed-in user."""
        return self._state.user_id

    def get_recipe_user_id(self) -> RecipeUserId:
        """Give the id of the sign-in method that the user came by."""
        return RecipeUserId(self._state.recipe_user_id)

    def get_tenant_id(self) -> str:
        """Give the id of the tenant, ``public`` where there are no others."""
        return self._state.tenant_id

    def get_handle(self) -> str:
        """Give the session's handle, by which SuperTokens' core knows it."""
        return self._state.handle

    def get_access_token(self) -> str:
        """Give the access token, to call another service with."""
        return self._state.access_token

    def get_access_token_payload(self) -> dict[str, Any]:
        """Return the claims of the access token: a copy, which the handler may change."""
        from copy import deepcopy  # costs the pages that ask

        return deepcopy(dict(self._state.access_token_payload))

    def sdk(self) -> SessionContainer:
        """Give SuperTokens' own container of this session, to revoke it or write to it.

        What it changes reaches the browser with the handler's response. The SDK is loaded when this is first called.
        """
        return self._state.sdk()

    def __repr__(self) -> str:
        return f"Session(handle={self.get_handle()!r})"
