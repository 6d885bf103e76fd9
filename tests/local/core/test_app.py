"""The core as an ASGI application that others may wrap."""

import asyncio

import httpx

from supertokens_lambda_local.core import CoreConfig, create_core


def test_a_core_without_keys_serves_every_caller():
    async def count() -> httpx.Response:
        transport = httpx.ASGITransport(create_core(CoreConfig()))
        async with httpx.AsyncClient(transport=transport, base_url="http://core") as http:
            return await http.get("/users/count", headers={"api-key": "any"})

    assert asyncio.run(count()).json() == {"status": "OK", "count": 0}


def test_cores_share_nothing():
    async def tokens(issuer: httpx.ASGITransport, verifier: httpx.ASGITransport) -> list[str]:
        async with (
            httpx.AsyncClient(transport=issuer, base_url="http://core") as one,
            httpx.AsyncClient(transport=verifier, base_url="http://core") as other,
        ):
            body = {"userId": "user", "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
            created = (await one.post("/recipe/session", json=body)).json()
            body = {"refreshToken": created["refreshToken"]["token"], "enableAntiCsrf": False}
            answers = [
                await core.post("/recipe/session/refresh", json=body | {"useDynamicSigningKey": True})
                for core in (one, other)
            ]
            return [answer.json()["status"] for answer in answers]

    cores = [httpx.ASGITransport(create_core(CoreConfig())) for _ in range(2)]
    assert asyncio.run(tokens(*cores)) == ["OK", "UNAUTHORISED"]
