"""The same sign-out as the SDK's, on requests that are made up: answer, headers, cookies and their order.

`SIGN_OUT_DIFFERENTIAL_COUNT` sets how many there are for each of the settings and each way; their seed is in
`tests.support.seeds`.
"""

import os
import random
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support import seeds
from tests.support.answer import CALL
from tests.support.differential import MODES, comparable, filled, request_of

from supertokens_lambda._http.message import Additions, Request, Response
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.sign_out import SdkSignOut
from supertokens_lambda._sign_out.sign_out import SignOut

CASES = int(os.environ.get("SIGN_OUT_DIFFERENTIAL_COUNT", "40"))

STATES = ["good", "good", "good", "expired", "replaced", "refreshed", "refreshed", "revoked", "refreshed, revoked"]
# What the core may say in place of its own answer; after a 429 the SDK asks again for seconds.
FAULTS: list[tuple[int, str]] = [
    (500, "oops"),
    (503, ""),
    (400, "a field is missing"),
    (401, "Invalid API key"),
    (404, "Not found"),
    (302, ""),
    (200, "oops"),
    (200, "{}"),
    (200, "[]"),
    (200, '{"status": "OK"}'),
]
ANSWERS = {
    "session/remove$": [*FAULTS, (200, '{"status": "OK", "sessionHandlesRevoked": []}')],
    "session/verify$": [
        *FAULTS,
        (200, '{"status": "UNAUTHORISED"}'),
        (200, '{"status": "UNAUTHORISED", "message": "Session does not exist"}'),
        (200, '{"status": "TRY_REFRESH_TOKEN", "message": "expired"}'),
    ],
}
MORE_COOKIES = [
    "sRefreshToken=x",
    "sRefreshToken=y",
    "sFrontToken=x",
    "sAntiCsrf=<CSRF>",
    "stRefreshEvidence=refreshed.1.00000000000000000000000000000000",
    "a=b",
]
HEADERS = {
    "rid": ["anti-csrf", "session", "emailpassword", "x", ""],
    "st-auth-mode": ["cookie", "header", "any", "x"],
    "anti-csrf": ["<CSRF>", "<CSRF>", "<CSRF>", "another", ""],
    "authorization": ["Bearer <TOKEN>", "Bearer <OTHER>", "Bearer  <TOKEN> ", "bearer <TOKEN>", "Bearer x", "Bearer"],
    "content-type": ["application/json", "text/plain"],
}


@dataclass
class Case:
    """How a request presents an access token; both sides make it with a session of their own."""

    way: str
    state: str
    cookies: list[str]
    headers: dict[str, str]
    body: bytes
    answer: tuple[str, tuple[int, str]] | None

    def request(self, token: str, other: str, anti_csrf_token: str | None) -> Request:
        tokens = token, other, anti_csrf_token
        headers = {name: filled(value, *tokens) for name, value in self.headers.items()}
        cookies = [filled(cookie, *tokens) for cookie in self.cookies]
        target = "/auth/signout" if self.way == "call" else "/auth/sign-out"
        return request_of("POST", target, CALL | headers, cookies, self.body)


def made_up(choices: random.Random, way: str) -> Case:
    presented = ["sAccessToken=<TOKEN>", "sAccessToken=<QUOTED>", 'sAccessToken="<TOKEN>"']
    malformed = ["", "x", "%", "%E9", "a.b.c", "<OTHER>x", "<OTHER>=", "e30.e30.e30"]
    cookies = choices.choice(
        [
            [choices.choice(presented)],
            [choices.choice(presented)],
            [choices.choice(presented)],
            [choices.choice(presented)] * 2,
            [choices.choice(presented), "sAccessToken=<OTHER>"],
            [choices.choice(presented), "%73AccessToken=<OTHER>"],
            [f"sAccessToken={choices.choice(malformed)}"],
            [],
        ]
    )
    cookies = [*cookies, *choices.sample(MORE_COOKIES, choices.randrange(4))]
    if choices.random() < 0.1:
        cookies.append("sIdRefreshToken=x")
    choices.shuffle(cookies)
    headers = {
        name: choices.choice(values)
        for name, values in HEADERS.items()
        if choices.random() < (0.25 if name == "authorization" else 0.7)
    }
    answer = None
    if choices.random() < 0.25:
        # A form asks the core to revoke, and nothing else.
        at = choices.choice([*ANSWERS] if way == "call" else ["session/remove$"])
        answer = at, choices.choice(ANSWERS[at])
    body = choices.choice([b"", b"{}", b"[", b'{"formFields": 1}'])
    return Case(way, choices.choice(STATES), cookies, headers, body, answer)


@pytest.fixture
def sides(toolkit, core):
    """The sign-out by the toolkit, and by the SDK, in one process with one core."""

    def with_settings(**settings: str) -> tuple[SignOut, SignOut]:
        toolkit(**settings)
        runtime = current()
        return runtime.sign_out, SdkSignOut(runtime.sdk, runtime.api)

    return with_settings


def outcome_of(side: SignOut, case: Case, core, *, anti_csrf: bool, static_key: bool) -> dict[str, Any]:
    start = core.expired_session if case.state == "expired" else core.session
    issued, another = (start(anti_csrf=anti_csrf, static_key=static_key) for _ in range(2))
    token, anti_csrf_token = issued.access_token, issued.anti_csrf_token
    if case.state.startswith(("refreshed", "replaced")):
        content = {"enableAntiCsrf": anti_csrf, "useDynamicSigningKey": not static_key}
        child = core.post(
            "/recipe/session/refresh",
            refreshToken=issued.refresh_token,
            **content,
            **({"antiCsrfToken": anti_csrf_token} if anti_csrf else {}),
        )
        if case.state != "replaced":
            token, anti_csrf_token = child["accessToken"]["token"], child.get("antiCsrfToken")
    if case.state.endswith("revoked"):
        core.post("/recipe/session/remove", sessionHandles=[issued.handle])
    request = case.request(token, another.access_token, anti_csrf_token)
    with core.failing(case.answer[1], at=case.answer[0]) if case.answer else nullcontext():
        found = side.call(request) if case.way == "call" else side.form(request)
    return {
        "outcome": comparable(found, issued.user_id) if isinstance(found, Response | Additions) else repr(found),
        "lives": [core.has(each.handle) for each in (issued, another)],
    }


@pytest.mark.parametrize("way", ["call", "form"])
@pytest.mark.parametrize("mode", MODES)
def test_the_sign_out_is_the_sdks(sides, core, mode, way, tally):
    ours, sdk = sides(**MODES[mode])
    choices = random.Random(f"{seeds.DIFFERENTIAL} {mode} {way}")
    kind = {"anti_csrf": mode == "via token", "static_key": mode == "static keys"}

    differing = []
    for _ in range(CASES):
        case = made_up(choices, way)
        found, wanted = (outcome_of(side, case, core, **kind) for side in (ours, sdk))
        if found != wanted:
            differing.append((case, found, wanted))
        tally("sign-outs compared with the SDK's")

    kinds = "\n".join(str(found) for found in differing[:5])
    assert not differing, f"{len(differing)}, like\n{kinds}"
