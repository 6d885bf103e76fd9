"""The same decisions on claims as the SDK's `assert_claims`, on payloads and validators that are made up.

`DIFFERENTIAL_COUNT` sets how many cases there are, as for the requests; their seed is in `tests.support.seeds`.
"""

import json
import math
import os
import random
import time
from collections import Counter
from functools import partial
from typing import Any, NamedTuple

import pytest
import supertokens_python.utils as sdk_utils
from supertokens_python.recipe import userroles
from supertokens_python.recipe.emailverification import EmailVerificationClaim
from supertokens_python.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from supertokens_python.recipe.session import claims as sdk_claims
from tests.support import seeds

from supertokens_lambda import claims
from supertokens_lambda._budgets import Budgets
from supertokens_lambda._event_loop import run
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.message import Headers, Request
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.claims import sdk_validator
from supertokens_lambda._sdk.container import open_container
from supertokens_lambda._sdk.errors import refusal_of
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse
from supertokens_lambda._verification.access_token import AccessToken
from supertokens_lambda._verification.claims.check import check_claims
from supertokens_lambda._verification.verdict import InvalidClaims, Verified
from supertokens_lambda._verification.verified_session import VerifiedSession

COUNT = max(2_400, int(os.environ.get("DIFFERENTIAL_COUNT", "0")) // 2)
NOW = 1_800_000_000.0  # seconds since 1970
AGES: list[Any] = [None, None, None, 0, 1, 0.5, 60, 300]
IDS: list[Any] = [None, None, None, "", "of-the-page"]
ROLES = ["admin", "editor", "user", "", "é", 1, True, None]
LISTS: list[Any] = ["includes_all", "includes_any", "excludes_all"]
VALUES: list[Any] = ["basic", "pro", "", 0, 1, True, False, 1.0, "True", math.nan]


def never(*_: Any) -> None:
    raise AssertionError("the toolkit fetches nothing")


class Pair(NamedTuple):
    """A claim of ours, SuperTokens' own, and how their validators are called."""

    ours: Any
    sdks: Any
    kind: str


def pairs(fetch: Any) -> list[Pair]:
    made = [
        Pair(getattr(claims, kind)(key, never, age), getattr(sdk_claims, kind)(key, fetch, age), kind)
        for kind in ("PrimitiveClaim", "BooleanClaim", "PrimitiveArrayClaim")
        for key, age in ((f"{kind}-1", None), (f"{kind}-2", 60))
    ]
    return [
        *made,
        Pair(claims.UserRoleClaim, userroles.UserRoleClaim, "PrimitiveArrayClaim"),
        Pair(claims.PermissionClaim, userroles.PermissionClaim, "PrimitiveArrayClaim"),
        Pair(claims.EmailVerificationClaim, EmailVerificationClaim, "EmailVerificationClaim"),
        Pair(claims.MultiFactorAuthClaim, MultiFactorAuthClaim, "MultiFactorAuthClaim"),
    ]


class Maker:
    """Makes cases up, the same ones of the same seed."""

    def __init__(self, rng: random.Random, known: list[Pair]) -> None:
        self.rng = rng
        self.known = known

    def call(self, kind: str) -> tuple[str, tuple[Any, ...]]:
        """Make a validator's method and arguments."""
        rng = self.rng
        age, id_ = rng.choice(AGES), rng.choice(IDS)
        match kind:
            case "PrimitiveArrayClaim" if rng.random() < 0.5:
                return rng.choice(["includes", "excludes"]), (rng.choice(ROLES), age, id_)
            case "PrimitiveArrayClaim":
                odd = rng.choice([[["admin"]], [{}], ("admin", "user"), "admin"])
                val = odd if rng.random() < 0.05 else rng.sample(ROLES, rng.randrange(4))
                return rng.choice(LISTS), (val, age, id_)
            case "EmailVerificationClaim" if rng.random() < 0.7:
                return "is_verified", rng.choice([(), (10,), (0, age), (rng.choice([0, 10, 600]), age, id_)])
            case "MultiFactorAuthClaim":
                return "has_completed_mfa_requirements_for_auth", rng.choice([(), (id_,)])
            case "BooleanClaim" | "EmailVerificationClaim" if rng.random() < 0.7:
                return rng.choice(["is_true", "is_false"]), (age, id_)
            case _:
                return "has_value", (rng.choice(VALUES), age, id_)

    def fetched_at(self) -> Any:
        rng = self.rng
        if rng.random() < 0.06:
            return rng.choice([None, "x", True, [], math.nan, math.inf, -math.inf, -1])
        age = rng.choice([0, 0, 0, 0, 0.5, 1, 10, 60, 300, 600, 86_400, -5])
        return rng.choice([int, float])(NOW * 1000 - age * 1000) + rng.choice([-1, 0, 0, 0, 1])

    def value(self, kind: str) -> Any:
        rng = self.rng
        if rng.random() < 0.04:
            return rng.choice([None, [], {}, "admin", 5, [[]], [{"x": 1}], {"admin": 1}, ["admin", ["user"]]])
        if kind == "PrimitiveArrayClaim":
            return rng.sample(ROLES, rng.randrange(len(ROLES)))
        return rng.choice(VALUES) if kind == "PrimitiveClaim" else rng.choice([True, False])

    def entry(self, kind: str) -> Any:
        rng = self.rng
        if rng.random() < 0.06:
            return rng.choice([None, [], {}, "x", 0, True, [["v", 1]], {"v": True}, {"t": NOW * 1000}, {"c": {}}])
        if kind == "MultiFactorAuthClaim":
            return {"c": rng.choice([{}, {"emailpassword": 5}]), "v": rng.choice([True, False, True, None, 1, ""])}
        return {"v": self.value(kind), "t": self.fetched_at()} | rng.choice([{}, {}, {"x": 1}])

    def case(self) -> tuple[dict[str, Any], list[tuple[Pair, str, tuple[Any, ...]]]]:
        """Make a payload's claims, and validators of them."""
        chosen = [self.rng.choice(self.known) for _ in range(self.rng.choice([0, 1, 1, 1, 2, 2, 3]))]
        calls = [(pair, *self.call(pair.kind)) for pair in chosen]
        present = [pair for pair in chosen if self.rng.random() > 0.05]
        return {pair.ours.key: self.entry(pair.kind) for pair in present}, calls


def is_malformed(payload: dict[str, Any], pair: Pair) -> bool:
    """Check for an entry that SuperTokens' claims never write; the SDK decides on some of them, and we ask it."""
    entry = payload.get(pair.ours.key)
    if pair.kind == "MultiFactorAuthClaim" or not isinstance(entry, dict):
        return False
    fetched_at, value = entry.get("t"), entry.get("v")
    is_number = isinstance(fetched_at, int | float) and not math.isnan(fetched_at)
    return not is_number or (pair.kind == "PrimitiveArrayClaim" and not isinstance(value, list))


class Bench:
    """Decides by both, at one moment."""

    def __init__(self, mint) -> None:
        self.mint = mint
        self.fetches = 0

    async def fetch(self, *_: Any) -> None:
        """Count, and fetch nothing, so that the payload stays as it is."""
        self.fetches += 1

    def session(self, payload: dict[str, Any]) -> VerifiedSession:
        request = Request(method="GET", seen_path="/", path="/", headers=Headers.of(()), cookies=Cookies(""))
        token = AccessToken(self.mint.token(exp=int(NOW) + 60, iat=int(NOW), **payload))
        return VerifiedSession(token, "cookie", request, current().settings, partial(open_container, current().sdk))

    def by_the_sdk(self, payload: dict[str, Any], validators: list[Any]) -> tuple[str, str]:
        session = self.session(payload)
        self.fetches = 0
        try:
            run(session.sdk().assert_claims(validators))
        except Exception as error:  # noqa: BLE001 - malformed claims make it fall over in many ways
            verdict = run(refusal_of(error, SdkCall(session.request), SdkResponse()))
            if not isinstance(verdict, InvalidClaims):
                return "cannot decide", ""
            return "fetches" if self.fetches else verdict.name, json.dumps(verdict.body)
        return "fetches" if self.fetches else "verified", ""

    def by_us(self, payload: dict[str, Any], validators: list[Any]) -> tuple[str, str]:
        match check_claims(self.session(payload), lambda *_: validators, (), Budgets.page):
            case InvalidClaims(body=body) as verdict:
                return verdict.name, json.dumps(body)
            case Verified():
                return "verified", ""
        return "asks the SDK", ""


@pytest.fixture
def bench(toolkit, mint, monkeypatch) -> Bench:
    toolkit()
    made = Bench(mint)
    monkeypatch.setattr(sdk_utils, "time", lambda: NOW)
    monkeypatch.setattr(time, "time", lambda: NOW)
    for claim in (userroles.UserRoleClaim, userroles.PermissionClaim, EmailVerificationClaim, MultiFactorAuthClaim):
        monkeypatch.setattr(claim, "fetch_value", made.fetch)
    return made


def test_the_decision_is_the_sdks(bench, record_property):
    record_property("differential", f"DIFFERENTIAL_SEED={seeds.DIFFERENTIAL} for {COUNT} sets of claims")
    maker = Maker(random.Random(seeds.DIFFERENTIAL), pairs(bench.fetch))
    differences: list[str] = []
    outcomes: Counter[str] = Counter()
    for _ in range(COUNT):
        payload, calls = maker.case()
        ours, body = bench.by_us(payload, [getattr(pair.ours.validators, name)(*args) for pair, name, args in calls])
        sdks, expected = bench.by_the_sdk(
            payload, [getattr(pair.sdks.validators, name)(*_sdks_arguments(name, args)) for pair, name, args in calls]
        )
        outcomes[sdks] += 1
        may_ask = sdks in ("fetches", "cannot decide") or any(is_malformed(payload, pair) for pair, *_ in calls)
        if (ours, body) != (sdks, expected) and not (ours == "asks the SDK" and may_ask):
            said = [(name, args) for _, name, args in calls]
            differences.append(f"{payload} {said}: {ours} {body}, {sdks} {expected}")

    assert not differences, f"{len(differences)} of {COUNT}:\n" + "\n".join(differences[:12])
    assert all(outcomes[name] > COUNT / 50 for name in ("verified", "invalid-claims", "fetches", "cannot decide")), (
        outcomes
    )


def _sdks_arguments(name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    return args or ((None,) if name in ("is_true", "is_false") else ())


def test_the_sdk_is_given_its_own_validators(bench):
    maker = Maker(random.Random(seeds.DIFFERENTIAL), pairs(bench.fetch))
    for _ in range(300):
        _, calls = maker.case()
        for pair, name, args in calls:
            translated = sdk_validator(getattr(pair.ours.validators, name)(*args))
            sdks = getattr(pair.sdks.validators, name)(*args)

            assert type(translated) is type(sdks)
            given, wanted = vars(translated), vars(sdks)
            of_recipe = pair.ours.key.startswith("st-")
            assert (given.pop("claim") is wanted.pop("claim")) == of_recipe
            assert json.dumps(given, default=str) == json.dumps(wanted, default=str)
