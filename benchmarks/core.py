"""The in-memory core, served over loopback, and the access tokens that it issues."""

import http.client
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.servers import reserved_port, serving

from supertokens_lambda_local.core import CoreConfig, create_core

API_DOMAIN = "http://localhost:3000"
_KEY_SET = "/.well-known/jwks.json"


class CountingCore:
    """A core that counts how often its key set is fetched.

    Attributes
    ----------
    url : str
        Where it is.
    key_set_fetches : int
        So far.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self._app = create_core(CoreConfig())
        self._address = address
        self.url = "http://{}:{}".format(*address)
        self.key_set_fetches = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request."""
        self.key_set_fetches += scope.get("path") == _KEY_SET
        await self._app(scope, receive, send)

    def key_set(self) -> bytes:
        """Fetch the key set."""
        connection = http.client.HTTPConnection(*self._address)
        connection.request("GET", _KEY_SET)
        return connection.getresponse().read()

    def tokens(self, count: int) -> list[str]:
        """Start sessions, and give the access token of each."""
        connection = http.client.HTTPConnection(*self._address)
        return [self._token(connection) for _ in range(count)]

    def _token(self, connection: http.client.HTTPConnection) -> str:
        wanted = {
            "userId": secrets.token_hex(16),
            "userDataInJWT": {"iss": f"{API_DOMAIN}/auth"},
            "userDataInDatabase": {},
            "enableAntiCsrf": False,
            "useDynamicSigningKey": True,
        }
        connection.request("POST", "/recipe/session", json.dumps(wanted), {"content-type": "application/json"})
        return str(json.loads(connection.getresponse().read())["accessToken"]["token"])


def with_unknown_key(token: str) -> str:
    """Give a token that says it is signed by a key which nobody has heard of."""
    kid = f"d-{secrets.randbelow(10**13):013}"
    header = json.dumps({"alg": "RS256", "typ": "JWT", "kid": kid, "version": "5"}, separators=(",", ":"))
    return ".".join([urlsafe_b64encode(header.encode()).rstrip(b"=").decode(), *token.split(".")[1:]])


@contextmanager
def running_core() -> Iterator[CountingCore]:
    """Serve a core in a thread of this process."""
    with reserved_port() as listener:
        core = CountingCore(listener.getsockname())
        with serving(core, listener):
            core.key_set()  # makes the keys, which takes longer than anything that is measured
            yield core
