"""Sessions of an in-memory core, for tests of handlers that use SuperTokens' SDK."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from supertokens_lambda._runtime import current
from supertokens_lambda.testing.environment import environment
from supertokens_lambda.testing.requests import Requests
from supertokens_lambda.testing.sdk import begin_session, stop_sdk

if TYPE_CHECKING:
    from collections.abc import Iterator


class CoreSessions(Requests):
    """Factory for requests of visitors whose sessions are in a core.

    Examples
    --------
    >>> from supertokens_lambda.testing import CoreSessions
    >>> def visit(visitors: CoreSessions):
    ...     ada = visitors.user("ada@example.com")
    ...     return visitors.event("/", cookies=visitors.cookies(ada))
    """

    def __init__(self, connection_uri: str) -> None:
        self._connection_uri = connection_uri

    def user(self, email: str) -> str:
        """Return the id of a new user, who has an e-mail address and a random password.

        Raises
        ------
        ValueError
            A user has this address already.
        """
        import httpx

        account = {"email": email, "password": secrets.token_hex()}
        headers = {"rid": "emailpassword"}
        answer = httpx.post(f"{self._connection_uri}/recipe/signup", json=account, headers=headers).raise_for_status()
        user: dict[str, Any] | None = answer.json().get("user")
        if user is None:
            raise ValueError("a user has this e-mail address already; choose another address")
        return str(user["id"])

    def cookies(self, user_id: str, **payload: Any) -> tuple[str, ...]:
        """Return the cookies of a new session, which SuperTokens' SDK begins with the recipes of `backend_config`.

        Parameters
        ----------
        user_id : str
            A user of the core, from `user` or from a function of SuperTokens' SDK.
        **payload
            Added to the access token's payload.
        """
        return (f"sAccessToken={begin_session(user_id, payload)}",)


@contextmanager
def core_sessions(**settings: str) -> Iterator[CoreSessions]:
    """Run guarded handlers with an in-memory core, and with SuperTokens' SDK as `backend_config` configures it.

    The module `backend_config` must be importable. The core begins empty, and functions of SuperTokens' SDK fill it.

    Parameters
    ----------
    **settings : str
        Environment variables of the toolkit, by their full names.

    Raises
    ------
    RuntimeError
        The code runs in Lambda.
    ModuleNotFoundError
        There is no module `backend_config`.

    Examples
    --------
    >>> from supertokens_lambda.testing import core_sessions
    >>> def visit():
    ...     with core_sessions(SUPERTOKENS_APP_NAME="shop") as visitors:
    ...         return visitors.event("/", cookies=visitors.cookies(visitors.user("ada@example.com")))
    """
    from supertokens_lambda_local.core.running import running_core

    with running_core() as uri, environment(uri, settings):
        stop_sdk()
        try:
            current().sdk.start()
            yield CoreSessions(uri)
        finally:
            stop_sdk()
