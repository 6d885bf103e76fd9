"""Sessions without a core, for tests of guarded functions."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertokens_lambda._runtime import swap
from supertokens_lambda.testing.event_sources import ApiGateway
from supertokens_lambda.testing.tokens import SigningKey
from supertokens_lambda.testing.visits import EventSource, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ORIGIN = "https://app.example.com"
_PAGE = {"host": "app.example.com", "accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


class Sessions:
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

    def cookies(self, user_id: str = "user", *, validity: float = 3600, **claims: Any) -> tuple[str, ...]:
        """Return the cookies of a signed-in visitor; with a negative validity, in seconds, the session has expired."""
        return (f"sAccessToken={self.key.access_token(user_id, validity=validity, **claims)}",)

    def event(
        self,
        target: str = "/",
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        cookies: Iterable[str] = (),
        body: bytes = b"",
        event_source: EventSource | None = None,
    ) -> dict[str, Any]:
        """Build the event of a browser's navigation.

        Parameters
        ----------
        target : str
            Path and query, percent-encoded.
        method, body
            Method and body of the request.
        headers : mapping of str to str, optional
            Added to the headers of a browser, or replacing them: ``{"sec-fetch-dest": "empty"}`` is for the call of a
            script.
        cookies : iterable of str
            Each like ``name=value``, from `cookies` or others.
        event_source : EventSource, optional
            From `supertokens_lambda.testing.event_sources`; by default an HTTP API with payload format 2.0.
        """
        sent = _PAGE | {name.lower(): value for name, value in (headers or {}).items()}
        visit = Visit(method, target, tuple(sent.items()), tuple(cookies), body)
        return (event_source or ApiGateway("http-api-2.0")).event(visit)


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
    if os.environ.get("AWS_LAMBDA_RUNTIME_API"):
        raise RuntimeError("sessions() is for tests; do not call it in Lambda")
    key = SigningKey()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "jwks.json")
        file.write_text(json.dumps(key.key_set()))
        # Port 9 belongs to the discard protocol, so no core listens there.
        given = {"SUPERTOKENS_CONNECTION_URI": "http://127.0.0.1:9"}
        given |= {"SUPERTOKENS_API_DOMAIN": _ORIGIN, "SUPERTOKENS_WEBSITE_DOMAIN": _ORIGIN}
        with _environment(given | settings | {"SUPERTOKENS_JWKS_FILE": str(file)}):
            yield Sessions(key)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    runtime = swap(None)
    try:
        yield
    finally:
        swap(runtime)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
