"""What the core in memory does as others do if asked: starting slowly, closing connections, having settings."""

import asyncio
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.support.servers import served

from supertokens_lambda_local.core import CoreConfig, create_core


def asked(config: CoreConfig, *requests: tuple[str, str, Any]) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_core(config))
        async with httpx.AsyncClient(transport=transport, base_url="http://core") as client:
            return [await client.request(method, path, json=body) for method, path, body in requests]

    return asyncio.run(ask())


def test_a_core_that_starts_answers_404_with_a_page(clock):
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_core(CoreConfig(startup=0.15, clock=clock)))
        async with httpx.AsyncClient(transport=transport, base_url="http://core") as client:
            early = await client.get("/.well-known/jwks.json")
            clock.move(0.2)
            return [early, await client.get("/.well-known/jwks.json")]

    early, late = asyncio.run(ask())
    assert (early.status_code, early.headers["content-type"]) == (404, "text/html;charset=utf-8")
    assert "<h1>HTTP Status 404" in early.text
    assert late.json().keys() == {"keys"}


def test_a_connection_is_closed_after_some_requests():
    with served(create_core(CoreConfig(requests_per_connection=3))) as uri:
        connection = http.client.HTTPConnection(urlsplit(uri).netloc, timeout=20)
        ends = []
        for _ in range(7):
            connection.request("GET", "/hello")
            response = connection.getresponse()
            assert response.read() == b"Hello\n"
            ends.append(response.getheader("connection") == "close")
        connection.close()
    assert ends == [False, False, True, False, False, True, False]


def test_each_connection_is_counted_by_itself():
    with served(create_core(CoreConfig(requests_per_connection=2))) as uri:
        for _ in range(2):
            connection = http.client.HTTPConnection(urlsplit(uri).netloc, timeout=20)
            connection.request("GET", "/hello")
            response = connection.getresponse()
            response.read()
            assert response.getheader("connection") is None
            connection.close()


def test_settings_are_those_of_config_yaml():
    create, check = "/recipe/totp/device", "/recipe/totp/device/verify"
    device = {"userId": "u", "deviceName": "d", "skew": 0, "period": 30}
    config = CoreConfig(settings={"totp_max_attempts": 1})
    _, wrong, limited = asked(
        config, ("POST", create, device), *[("POST", check, {"userId": "u", "deviceName": "d", "totp": "x"})] * 2
    )
    assert wrong.json()["status"] == "INVALID_TOTP_ERROR"
    assert limited.json()["status"] == "LIMIT_REACHED_ERROR"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nonsense": 1}, "Invalid config key: nonsense"),
        ({"totp_max_attempts": "5"}, "'totp_max_attempts' must be of type int"),
        ({"totp_max_attempts": True}, "'totp_max_attempts' must be of type int"),
        ({"totp_max_attempts": 0}, "'totp_max_attempts' must be > 0"),
        ({"password_reset_token_lifetime": -1}, "'password_reset_token_lifetime' must be >= 0"),
        ({"password_hashing_alg": "MD5"}, "'password_hashing_alg' must be one of ARGON2, BCRYPT"),
        ({"disable_telemetry": 1}, "'disable_telemetry' must be of type boolean"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(settings, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        CoreConfig(settings=settings)


@pytest.mark.parametrize("part", [-0.1, 1])
def test_no_access_token_is_shortened_to_nothing(part):
    with pytest.raises(ValueError, match="shortening must be a part of 1"):
        CoreConfig(shortening=part)


def test_an_unhandled_fault_changes_nothing(monkeypatch):
    """A handler that fails half-way leaves no half of it."""
    from supertokens_lambda_local.core.users.activity import Activity

    app = create_core(CoreConfig())

    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    async def ask() -> int:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://core") as client:
            with monkeypatch.context() as patch:
                patch.setattr(Activity, "note", fail)
                body = json.dumps({"email": "anna@example.com", "password": "a password"})
                response = await client.post("/recipe/signup", content=body)
                assert response.status_code == 500
            count: int = (await client.get("/users/count")).json()["count"]
            return count

    assert asyncio.run(ask()) == 0
