"""The state of a session that was verified without the SDK; the SDK takes over when a handler calls `sdk`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._http.message import NOTHING
from supertokens_lambda._verification.access_token import AccessToken
from supertokens_lambda._verification.session_tokens import front_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supertokens_python.recipe.session.interfaces import SessionContainer

    from supertokens_lambda._http.message import Additions, Request
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.session_tokens import TransferMethod
    from supertokens_lambda._verification.session_writer import SessionWriter
    from supertokens_lambda._verification.state import SessionState

    OpenContainer = Callable[["VerifiedSession"], SessionState]


class VerifiedSession:
    """A session, described by its access token, or by the core if the core was asked.

    Attributes
    ----------
    token : AccessToken
        The newest access token.
    transfer_method : {"cookie", "header"}
        How the browser or app sent the token, and gets a new one.
    request : Request
        The request with the token.
    is_new : bool
        Whether the core has issued a new access token.
    """

    __slots__ = (
        "_container",
        "_core_session",
        "_expiry",
        "_open_container",
        "_settings",
        "is_new",
        "request",
        "token",
        "transfer_method",
    )

    def __init__(
        self,
        token: AccessToken,
        transfer_method: TransferMethod,
        request: Request,
        settings: Settings,
        open_container: OpenContainer,
    ) -> None:
        self.token: AccessToken = token
        self.transfer_method: TransferMethod = transfer_method
        self.request: Request = request
        self.is_new: bool = False
        self._core_session: dict[str, str] | None = None
        self._expiry: float = token.claims["exp"] * 1000
        self._settings = settings
        self._open_container = open_container
        self._container: SessionState | None = None

    def update(self, answer: Mapping[str, Any]) -> None:
        """Update the session from an answer of the core.

        Raises
        ------
        LookupError, TypeError, AttributeError, NotATokenError
            The answer does not describe a session.
        """
        session, tenant_id = answer["session"], self.tenant_id
        names = {name: session[name] for name in ("handle", "userId", "recipeUserId")} | {
            "tenantId": session.get("tenantId") or tenant_id
        }
        if None in names.values() or "userDataInJWT" not in session:
            raise LookupError("the core's answer does not describe a session")
        if "accessToken" in answer:
            new = answer["accessToken"]
            self.token, self._expiry, _ = AccessToken(new["token"]), new["expiry"], new["createdTime"]
            self.is_new = True
        self._core_session = {name: str(value) for name, value in names.items()}

    @property
    def user_id(self) -> str:
        """The user's id."""
        return self._core_session["userId"] if self._core_session else self.token.text("sub") or ""

    @property
    def recipe_user_id(self) -> str:
        """The id of the sign-in method that the user used; tokens before version 5 have only the user's id."""
        if self._core_session:
            return self._core_session["recipeUserId"]
        return (self.token.text("rsub") or "") if "rsub" in self.token.claims else self.user_id

    @property
    def tenant_id(self) -> str:
        """The tenant's id; ``public`` for tokens before version 4, which have none."""
        if self._core_session:
            return self._core_session["tenantId"]
        return (self.token.text("tId") or "") if self.token.header.version >= 4 else "public"

    @property
    def handle(self) -> str:
        """The session's handle."""
        return self._core_session["handle"] if self._core_session else self.token.text("sessionHandle") or ""

    @property
    def front_token(self) -> str:
        """The front token of the session."""
        return front_token(self.user_id, self._expiry, self.token.claims)

    @property
    def access_token(self) -> str:
        """The newest access token."""
        return self._container.access_token if self._container else self.token.raw

    @property
    def access_token_payload(self) -> Mapping[str, Any]:
        """The newest access token's claims."""
        return self._container.access_token_payload if self._container else self.token.claims

    def sdk(self) -> SessionContainer:
        """Return the SDK's container, which takes over the session."""
        return self._opened().sdk()

    def additions(self) -> Additions:
        """Return what the session adds to the response."""
        if self._container:
            return self._container.additions()
        if not self.is_new:
            return NOTHING
        # Imported late: few requests change a session.
        from supertokens_lambda._verification.session_writer import SessionWriter

        writer = SessionWriter(self._settings)
        self.write(writer)
        return writer.additions()

    def write(self, writer: SessionWriter) -> None:
        """Write the new access token, if the core has issued one."""
        if not self.is_new:
            return
        writer.set_access_token(self.token.raw, self.front_token, self.transfer_method)
        anti_csrf_token = self.request.headers.get("anti-csrf")
        if anti_csrf_token is not None:
            writer.set_anti_csrf_token(anti_csrf_token)

    def _opened(self) -> SessionState:
        if self._container is None:
            self._container = self._open_container(self)
        return self._container
