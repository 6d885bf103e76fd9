"""The session that is passed to a handler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._verification.state import SessionState


class RecipeUserId(str):
    """The id of one sign-in method of a user: a string with the method of SuperTokens' class of this name."""

    __slots__ = ()

    def get_as_string(self) -> str:
        """Return the id as a plain string."""
        return str(self)


class Session:
    """A verified session, with the names of SuperTokens' ``SessionContainer``.

    `verify_session` passes it to handlers; do not create one yourself.

    Examples
    --------
    >>> from supertokens_lambda import Session, verify_session
    >>> @verify_session()
    ... def handler(event, context, session: Session):
    ...     plan = session.get_access_token_payload().get("plan", "free")
    ...     return {"statusCode": 200, "body": f"{session.get_user_id()} has the plan {plan}"}
    """

    __slots__ = ("_state",)

    def __init__(self, state: SessionState) -> None:
        self._state = state

    def get_user_id(self) -> str:
        """Return the id of the signed-in user."""
        return self._state.user_id

    def get_recipe_user_id(self) -> RecipeUserId:
        """Return the id of the sign-in method that the user used."""
        return RecipeUserId(self._state.recipe_user_id)

    def get_tenant_id(self) -> str:
        """Return the id of the tenant; ``public`` if the application has only one."""
        return self._state.tenant_id

    def get_handle(self) -> str:
        """Return the session's handle, which identifies the session in SuperTokens' core."""
        return self._state.handle

    def get_access_token(self) -> str:
        """Return the access token, to call another service with."""
        return self._state.access_token

    def get_access_token_payload(self) -> dict[str, Any]:
        """Return a copy of the access token's claims, which the handler may change."""
        from copy import deepcopy  # only pages that call this pay for the import

        return deepcopy(dict(self._state.access_token_payload))

    def sdk(self) -> SessionContainer:
        """Return SuperTokens' container of this session, to revoke it or write to it.

        Its changes reach the browser with the handler's response. The first call imports the SDK.
        """
        return self._state.sdk()

    def __repr__(self) -> str:
        return f"Session(handle={self.get_handle()!r})"
