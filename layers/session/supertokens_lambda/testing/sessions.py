"""Sessions with no core, for tests of functions that are guarded."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertokens_lambda._runtime import swap
from supertokens_lambda.testing.event_sources import ApiGateway, EventSource, Visit
from supertokens_lambda.testing.tokens import SigningKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ORIGIN = "https://app.example.com"
_PAGE = {"host": "app.example.com", "accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


class Sessions:
    """Visitors who are signed in, as far as the guard can tell.

    Attributes
    ----------
    key : SigningKey
        That the guard trusts.
    """

    def __init__(self, key: SigningKey) -> None:
        self.key: SigningKey = key

    def cookies(self, user_id: str = "user", *, validity: float = 3600, **claims: Any) -> tuple[str, ...]:
        """Give the cookies of a visitor who is signed in; a negative validity, in seconds, makes a session expired."""
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
        """Make an event of a browser's navigation.

        Parameters
        ----------
        target : str
            Path and query, percent-encoded.
        method, body
            Of the request.
        headers : mapping of str to str, optional
            Further ones, or others in the place of those that a browser sends; ``{"sec-fetch-dest": "empty"}`` makes a
            script's call of it.
        cookies : iterable of str
            Like ``name=value``: those of `cookies`, and others.
        event source : Event source, optional
            Of `supertokens_lambda.testing.event_sources`; an HTTP API of format 2.0 if left out.
        """
        sent = _PAGE | {name.lower(): value for name, value in (headers or {}).items()}
        visit = Visit(method, target, tuple(sent.items()), tuple(cookies), body)
        return (event_source or ApiGateway("http-api-2.0")).event(visit)


@contextmanager
def sessions(**settings: str) -> Iterator[Sessions]:
    """Let handlers that are guarded run with sessions that no core knows.

    Nothing is asked of a core: what would ask one, like ``check_database`` or a refresh, is answered as if it were
    down. Handlers may be imported before or within.

    Parameters
    ----------
    **settings : str
        Environment variables of the toolkit's, by their whole names.

    Raises
    ------
    RuntimeError
        This is a function of Lambda's: a key that a test has made opens nothing there.
    """
    if os.environ.get("AWS_LAMBDA_RUNTIME_API"):
        raise RuntimeError("sessions without a core are for tests")
    key = SigningKey()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "jwks.json")
        file.write_text(json.dumps(key.key_set()))
        # Nobody listens at port 9, the discard protocol's.
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
