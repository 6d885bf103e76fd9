"""The same refresh as the SDK's, on requests that are made up: answer, headers, cookies and their order."""

import os
import random
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support import seeds
from tests.support.answer import CALL, NAVIGATION
from tests.support.differential import MODES, comparable, filled, request_of

from supertokens_lambda._http.message import Request
from supertokens_lambda._refresh.refresh import Refresh
from supertokens_lambda._refresh.rotation import CoreRotation
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.rotation import SdkRotation

CASES = int(os.environ.get("REFRESH_DIFFERENTIAL_COUNT", "100"))
SETTINGS = {"REFRESH_REUSE_INTERVAL": "0"}
# What the core may say in place of its own answer.
ANSWERS: list[tuple[int, str]] = [
    (500, "oops"),
    (503, ""),
    (429, ""),
    (400, "a field is missing"),
    (401, "Invalid API key"),
    (404, "Not found"),
    (200, "{}"),
    (200, "[]"),
    (200, '{"status": "OK"}'),
    (200, '{"status": "UNAUTHORISED"}'),
    (200, '{"status": "UNAUTHORISED", "message": "Session does not exist"}'),
    (200, '{"status": "SOMETHING_ELSE"}'),
]


@dataclass
class Case:
    """How a request presents a refresh token; both sides make it with a session of their own."""

    method: str
    state: str
    cookies: list[str]
    headers: dict[str, str]
    answer: tuple[int, str] | None

    def request(self, token: str, other: str, anti_csrf_token: str | None) -> Request:
        tokens = token, other, anti_csrf_token
        headers = {name: filled(value, *tokens) for name, value in self.headers.items()}
        cookies = [filled(cookie, *tokens) for cookie in self.cookies]
        return request_of(self.method, "/auth/session/refresh?redirectBack=/dashboard", headers, cookies)


def made_up(choices: random.Random) -> Case:
    method = choices.choice(["GET", "POST", "POST"])
    state = choices.choice(["good", "good", "good", "replaced", "used", "revoked"])
    presented = ["sRefreshToken=<TOKEN>", "sRefreshToken=<QUOTED>", 'sRefreshToken="<TOKEN>"']
    malformed = ["sRefreshToken=", "sRefreshToken=x", "sRefreshToken=%", "sRefreshToken=%E9", "sRefreshToken=<OTHER>x"]
    cookies = choices.choice(
        [
            [choices.choice(presented)],
            [choices.choice(presented)],
            [choices.choice(presented)] * 2,
            [choices.choice(presented), "sRefreshToken=<OTHER>"],
            [choices.choice(malformed)],
            [],
        ]
    )
    more = ["sAccessToken=x", "sFrontToken=x", "sIdRefreshToken=x", "sAntiCsrf=<CSRF>", "sAntiCsrf=another", "a=b"]
    cookies = [*cookies, *choices.sample(more, choices.randrange(4))]
    choices.shuffle(cookies)
    headers = dict(NAVIGATION if method == "GET" else CALL)
    if method == "POST":
        for name, values in {
            "rid": ["anti-csrf", "session", ""],
            "st-auth-mode": ["cookie", "header", "any", "x"],
            "anti-csrf": ["<CSRF>", "<CSRF>", "another", ""],
            "authorization": ["Bearer <TOKEN>", "Bearer  <TOKEN> ", "bearer <TOKEN>", "Bearer <OTHER>x", "Bearer", "x"],
        }.items():
            if choices.random() < (0.25 if name == "authorization" else 0.6):
                headers[name] = choices.choice(values)
    return Case(method, state, cookies, headers, choices.choice(ANSWERS) if choices.random() < 0.15 else None)


@pytest.fixture
def sides(toolkit, core):
    """The refresh by the toolkit, and by the SDK, in one process with one core."""

    def with_settings(**settings: str) -> tuple[Refresh, Refresh]:
        toolkit(**settings)
        runtime = current()
        core_client = runtime.core_client
        ours = CoreRotation(
            runtime.settings, lambda: core_client, None, runtime._answer_to_theft, runtime.budgets, runtime.clock
        )
        return Refresh(runtime.settings, ours), Refresh(runtime.settings, SdkRotation(runtime.sdk))

    return with_settings


def answer_of(side: Refresh, case: Case, core, *, anti_csrf: bool, static_key: bool) -> dict[str, Any]:
    issued = core.session(anti_csrf=anti_csrf, static_key=static_key)
    another = core.session(anti_csrf=anti_csrf, static_key=static_key)
    token = issued.refresh_token
    content = {"enableAntiCsrf": anti_csrf, "useDynamicSigningKey": not static_key}
    if anti_csrf:
        content["antiCsrfToken"] = issued.anti_csrf_token
    if case.state in ("replaced", "used"):
        child = core.post("/recipe/session/refresh", refreshToken=token, **content)
        if case.state == "used":
            # Its successor was used: from then on the first one is a stolen one's.
            core.post("/recipe/session/refresh", refreshToken=child["refreshToken"]["token"], **content)
    if case.state == "revoked":
        core.post("/recipe/session/remove", sessionHandles=[issued.handle])
    request = case.request(token, another.refresh_token, issued.anti_csrf_token)
    if case.answer is None:
        response = side.serve(request)
    else:
        with core.failing(case.answer, at="session/refresh"):
            response = side.serve(request)
    return comparable(response, issued.user_id) | {"lives": core.has(issued.handle)}


@pytest.mark.parametrize("mode", MODES)
def test_the_refresh_is_the_sdks(sides, core, mode, tally):
    ours, sdk = sides(**MODES[mode])
    choices = random.Random(f"{seeds.DIFFERENTIAL} {mode}")
    kind = {"anti_csrf": mode == "via token", "static_key": mode == "static keys"}

    differing = []
    for _ in range(CASES):
        case = made_up(choices)
        found, wanted = (answer_of(side, case, core, **kind) for side in (ours, sdk))
        if found != wanted:
            differing.append((case, found, wanted))
        tally("refreshes compared with the SDK's")

    kinds = "\n".join(str(found) for found in differing[:5])
    assert not differing, f"{len(differing)}, like\n{kinds}"
