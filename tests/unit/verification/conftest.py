"""Signing keys of the tests' own, and a core that publishes them beside its own and answers as it is told."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from supertokens_lambda_local.core import CoreConfig, create_core

DYNAMIC, OTHER_DYNAMIC, STATIC, GONE = "d-1700000000000", "d-1700000000001", "s-4c1d", "d-1500000000000"

SEEDS = "differential"

_HASHES: dict[str, type[HashAlgorithm]] = {"RS256": SHA256, "RS384": SHA384, "RS512": SHA512, "PS256": SHA256}


def base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


class Mint:
    """Makes tokens that say anything.

    Attributes
    ----------
    keys
        By key id; all are published but the one that is `GONE`.
    """

    dynamic, other_dynamic, static, gone = DYNAMIC, OTHER_DYNAMIC, STATIC, GONE

    def __init__(self) -> None:
        self.keys: dict[str, RSAPrivateKey] = {
            kid: generate_private_key(public_exponent=65537, key_size=2048)
            for kid in (DYNAMIC, OTHER_DYNAMIC, STATIC, GONE)
        }
        self._now = int(time.time())
        self._sign = cache(self._signed)

    def jwk(self, kid: str, **more) -> dict[str, str]:
        numbers = self.keys[kid].public_key().public_numbers()
        n, e = (base64url(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
        return {"kty": "RSA", "kid": kid, "n": n, "e": e, "alg": "RS256", "use": "sig"} | more

    def key_set(self, *kids: str) -> bytes:
        return json.dumps({"keys": [self.jwk(kid) for kid in kids or (DYNAMIC, OTHER_DYNAMIC, STATIC)]}).encode()

    def claims(self, **changes) -> dict[str, Any]:
        """Give the claims of a good token, the same ones each time; `...` takes one away."""
        claims = {
            "sub": "user-1",
            "exp": self._now + 7200,
            "iat": self._now - 10,
            "tId": "public",
            "rsub": "recipe-user-1",
            "sessionHandle": "handle-1",
            "refreshTokenHash1": "0" * 64,
            "parentRefreshTokenHash1": None,
            "antiCsrfToken": None,
            "iss": "https://app.example.com/auth",
        } | changes
        return {name: value for name, value in claims.items() if value is not ...}

    def header(self, **changes) -> dict[str, Any]:
        header = {"alg": "RS256", "typ": "JWT", "kid": DYNAMIC, "version": "5"} | changes
        return {name: value for name, value in header.items() if value is not ...}

    def token(
        self,
        claims: dict[str, Any] | None = None,
        *,
        header: dict[str, Any] | None = None,
        key: str | None = None,
        spelled: Callable[[str, str], tuple[str, str]] = lambda header, payload: (header, payload),
        **changes,
    ) -> str:
        """Make a token, signed by the key that its header names unless another one is named.

        `spelled` has the last word on how header and payload are spelled before they are signed.
        """
        header = header or self.header()
        named = header.get("kid")
        claims = self.claims(**changes) if claims is None else claims
        parts = spelled(base64url(_json(header)), base64url(_json(claims)))
        message = ".".join(parts).encode()
        kid = key or (named if isinstance(named, str) and named in self.keys else DYNAMIC)
        alg = header.get("alg")
        signature = self._sign(kid, message, alg if isinstance(alg, str) and alg in _HASHES else "RS256")
        return f"{message.decode()}.{base64url(signature)}"

    def _signed(self, kid: str, message: bytes, alg: str) -> bytes:
        hashed = _HASHES[alg]()
        padding = PSS(MGF1(hashed), hashed.digest_size) if alg == "PS256" else PKCS1v15()
        return self.keys[kid].sign(message, padding, hashed)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.fixture(scope="session")
def mint() -> Mint:
    return Mint()


class TellingCore:
    """The in-memory core, with keys of the tests' own in its key set and answers of theirs to a verification.

    Attributes
    ----------
    published
        The ids of the keys that it adds to its own.
    answer
        Status and body that `/recipe/session/verify` gives, whatever it is asked; None leaves that to the core.
    calls
        Method, path, headers and body of what it was asked.
    fetches
        How often it was asked for the key set.
    """

    def __init__(self, mint: Mint) -> None:
        self.http = httpx.Client()
        self._mint = mint
        self.heal()
        self._app = create_core(CoreConfig(clock=lambda: time.time() + self.ahead))

    def heal(self) -> None:
        self.ahead = 0.0
        self.fetches = 0
        self.published = [DYNAMIC, OTHER_DYNAMIC, STATIC]
        self.answer: tuple[int, bytes] | None = None
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def uri(self) -> str:
        return str(self.http.base_url)

    async def __call__(self, scope, receive, send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path = scope["path"]
        self.calls.append((scope["method"], path, headers, body))
        if path == "/recipe/session/verify" and self.answer:
            await _send(send, *self.answer)
            return
        sent: list[dict[str, Any]] = []

        async def receive_again() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message) -> None:
            sent.append(message)

        await self._app(scope, receive_again, keep)
        content = b"".join(message.get("body", b"") for message in sent)
        if path == "/.well-known/jwks.json":
            self.fetches += 1
            keys = [self._mint.jwk(kid) for kid in self.published] + json.loads(content)["keys"]
            content = json.dumps({"keys": keys}).encode()
        await _send(send, sent[0]["status"], content)

    def post(self, path: str, **content) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.post(path, json=content).raise_for_status().json()
        return answer

    def session(self, *, anti_csrf: bool = False, dynamic: bool = True, **payload) -> dict[str, Any]:
        return self.post(
            "/recipe/session",
            userId="user-1",
            userDataInJWT=payload,
            userDataInDatabase={},
            enableAntiCsrf=anti_csrf,
            useDynamicSigningKey=dynamic,
        )

    def refreshed(self, session: dict[str, Any], *, dynamic: bool = True) -> dict[str, Any]:
        more = {"antiCsrfToken": session["antiCsrfToken"]} if "antiCsrfToken" in session else {}
        return self.post(
            "/recipe/session/refresh",
            refreshToken=session["refreshToken"]["token"],
            enableAntiCsrf=bool(more),
            useDynamicSigningKey=dynamic,
            **more,
        )


async def _send(send, status: int, content: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="session")
def served_core(mint) -> Iterator[TellingCore]:
    core = TellingCore(mint)
    server = uvicorn.Server(
        uvicorn.Config(
            core,
            port=0,
            log_level="warning",
            access_log=False,
            ws="none",
            lifespan="off",
            timeout_keep_alive=60,  # uvicorn's default is httpx's too, which would find it closed as it is used
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.005)
    (listener,) = server.servers[0].sockets
    core.http.base_url = httpx.URL(f"http://127.0.0.1:{listener.getsockname()[1]}")
    with core.http:
        yield core
    server.should_exit = True
    thread.join()


@pytest.fixture
def telling_core(served_core) -> Iterator[TellingCore]:
    served_core.heal()
    yield served_core
    served_core.heal()


def pytest_terminal_summary(terminalreporter) -> None:
    said = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == SEEDS
    ]
    if said:
        terminalreporter.section(SEEDS)
        terminalreporter.write_line("\n".join(dict.fromkeys(said)))
