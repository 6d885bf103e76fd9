"""Sessions without a core, for tests of guarded functions."""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertokens_lambda.claims import MultiFactorAuthClaim, SessionClaim
from supertokens_lambda.testing.environment import environment
from supertokens_lambda.testing.requests import Requests
from supertokens_lambda.testing.tokens import SigningKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Port 9 belongs to the discard protocol, so no core listens there.
_NO_CORE = "http://127.0.0.1:9"


class Sessions(Requests):
    """Factory for requests of signed-in visitors.

    Attributes
    ----------
    key : SigningKey
        The key that the guard trusts.

    Examples
    --------
    >>> from supertokens_lambda.testing import Sessions, sessions
    >>> def expired(visitors: Sessions):
    ...     return visitors.event("/dashboard?tab=1", cookies=visitors.cookies("ada", validity=-60))
    >>> with sessions() as visitors:
    ...     event = expired(visitors)
    >>> event["rawPath"]
    '/dashboard'
    """

    def __init__(self, key: SigningKey) -> None:
        self.key: SigningKey = key

    def cookies(
        self,
        user_id: str = "user",
        *,
        validity: float = 3600,
        claims: Mapping[SessionClaim[Any], Any] | None = None,
        **payload: Any,
    ) -> tuple[str, ...]:
        """Return the cookies of a signed-in visitor.

        Parameters
        ----------
        user_id : str
            The user of the session.
        validity : float
            Seconds; with a negative number the session has expired.
        claims : mapping of SessionClaim to value, optional
            Values that were fetched just now, like ``{UserRoleClaim: ["admin"]}``.
        **payload
            More of the access token's payload, as it stands.
        """
        fetched: dict[str, Any] = {claim.key: _entry(claim, value) for claim, value in (claims or {}).items()}
        return (f"sAccessToken={self.key.access_token(user_id, validity=validity, **fetched, **payload)}",)


@contextmanager
def sessions(**settings: str) -> Iterator[Sessions]:
    """Run guarded handlers with sessions that need no core.

    No core is called: calls that need one, like ``check_database`` or a refresh, fail as if the core were down.
    Handlers may be imported before or inside the block.

    Parameters
    ----------
    **settings : str
        Environment variables of the toolkit, by their full names.

    Raises
    ------
    RuntimeError
        The code runs in Lambda, where no test key may be trusted.

    Examples
    --------
    >>> from supertokens_lambda import Session, verify_session
    >>> from supertokens_lambda.testing import sessions
    >>> @verify_session()
    ... def handler(event, context, session: Session):
    ...     return {"statusCode": 200, "body": f"Hello {session.get_user_id()}"}
    >>> with sessions() as visitors:
    ...     answer = handler(visitors.event("/dashboard", cookies=visitors.cookies("ada")), None)
    >>> answer["body"]
    'Hello ada'
    """
    key = SigningKey()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "jwks.json")
        file.write_text(json.dumps(key.key_set()))
        with environment(_NO_CORE, settings | {"SUPERTOKENS_JWKS_FILE": str(file)}):
            yield Sessions(key)


def _entry(claim: SessionClaim[Any], value: Any) -> dict[str, Any]:
    entry = {"v": value, "t": int(time.time() * 1000)}
    # This claim lists the factors, too.
    return entry | {"c": {}} if claim.key == MultiFactorAuthClaim.key else entry
