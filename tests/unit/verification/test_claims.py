"""What the token decides on claims, and what is left to the SDK."""

import asyncio
import time
from typing import Any

import pytest
from supertokens_python.recipe.session.claims import PrimitiveClaim as SdkClaim

from supertokens_lambda import claims
from supertokens_lambda._budgets import Budgets
from supertokens_lambda._event_loop import run
from supertokens_lambda._verification.verdict import Anonymous, InvalidClaims, TryRefresh, Unauthorised, Verified
from supertokens_lambda.claims import EmailVerificationClaim, MultiFactorAuthClaim, PrimitiveClaim, UserRoleClaim

from .test_verifier import Bench

ADMIN = {"st-role": {"v": ["admin", "editor"], "t": 0}}
UNVERIFIED = {"st-ev": {"v": False, "t": 10**15}}
GUEST = {"st-role": {"v": [], "t": 0}}
PLAN: PrimitiveClaim[str] = PrimitiveClaim("plan", lambda *_: "basic", default_max_age_in_sec=60)
TOLD = {"handle": "h", "userId": "u", "recipeUserId": "r", "userDataInJWT": {}}
ASKED = Verified(None)  # type: ignore[arg-type]  # only its identity matters


@pytest.fixture
def bench(mint) -> Bench:
    """A verifier that fails where it asks the SDK."""
    return Bench(mint)


@pytest.fixture
def asking(bench: Bench) -> Bench:
    """A verifier with an SDK that gives one verdict."""
    bench.with_settings(verify_with_sdk=lambda *_: ASKED)
    return bench


def now(age: float = 0) -> int:
    """Return the time of a value of this age, as claims have it."""
    return int((time.time() - age) * 1000)


def choosing(*validators: Any) -> dict[str, Any]:
    return {"override_global_claim_validators": lambda given, session, user_context: [*given, *validators]}


ADMINS_ONLY = choosing(UserRoleClaim.validators.includes("admin"))


class Anything:
    """Has every name, and each can be called."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: True


class TestAFunction:
    def test_that_chooses_none_needs_no_sdk(self, bench, mint):
        options: dict[str, Any] = {
            "override_global_claim_validators": lambda global_validators, session, user_context: []
        }

        assert type(bench.verdict(mint.token(**GUEST), **options)) is Verified

    def test_that_chooses_claims_of_the_token_needs_no_sdk(self, bench, mint):
        assert type(bench.verdict(mint.token(**ADMIN), **ADMINS_ONLY)) is Verified

        refused = bench.verdict(mint.token(**GUEST), **ADMINS_ONLY)

        assert type(refused) is InvalidClaims
        assert refused.body == {
            "message": "invalid claim",
            "claimValidationErrors": [
                {
                    "id": "st-role",
                    "reason": {"message": "wrong value", "expectedToInclude": "admin", "actualValue": []},
                }
            ],
        }

    def test_is_given_the_global_validators_the_session_and_a_context(self, bench, mint):
        seen: list[Any] = []

        def choose(*given):
            seen.extend(given)
            return []

        bench.verdict(mint.token(plan={"v": "pro"}), override_global_claim_validators=choose)

        validators, session, context = seen
        assert (validators, context) == ([], {})
        assert (session.get_user_id(), session.get_handle(), session.get_tenant_id()) == (
            "user-1",
            "handle-1",
            "public",
        )
        assert session.get_recipe_user_id().get_as_string() == "recipe-user-1"
        assert session.get_access_token_payload()["plan"] == {"v": "pro"}

    @pytest.mark.parametrize("waits", [False, True])
    @pytest.mark.parametrize(("payload", "kind"), [(ADMIN, Verified), (GUEST, InvalidClaims)])
    def test_may_be_async(self, bench, mint, waits, payload, kind):
        async def choose(given, session, context):
            if waits:
                await asyncio.sleep(0)
            return [UserRoleClaim.validators.includes("admin")]

        assert type(bench.verdict(mint.token(**payload), override_global_claim_validators=choose)) is kind

    def test_may_be_async_within_a_running_loop(self, bench, mint):
        async def choose(given, session, context):
            await asyncio.sleep(0)
            return []

        async def within() -> Any:
            return bench.verdict(mint.token(), override_global_claim_validators=choose)

        assert type(run(within())) is Verified

    @pytest.mark.parametrize("wrap", [tuple, iter])
    def test_is_checked_whatever_it_collects_validators_in(self, bench, mint, wrap):
        options = {
            "override_global_claim_validators": lambda *_: wrap([UserRoleClaim.validators.includes("admin")]),
        }

        assert type(bench.verdict(mint.token(**GUEST), **options)) is InvalidClaims

    @pytest.mark.parametrize("result", [None, 5, ["admin"], [UserRoleClaim], [None], {"a": 1}, [Anything()]])
    def test_that_returns_anything_else_is_the_sdks(self, asking, mint, result):
        assert asking.verdict(mint.token(**ADMIN), override_global_claim_validators=lambda *_: result) is ASKED

    @pytest.mark.parametrize("by", ["sync", "async"])
    def test_that_raises_is_the_sdks(self, asking, mint, records, by):
        def choose(*_):
            raise LookupError("a secret")

        async def choose_later(*_):
            raise LookupError("a secret")

        options = {"override_global_claim_validators": choose if by == "sync" else choose_later}

        assert asking.verdict(mint.token(**ADMIN), **options) is ASKED
        assert not records.all

    def test_that_takes_too_long_is_the_sdks(self, asking, mint, monkeypatch):
        async def choose(*_):
            await asyncio.sleep(60)
            return []

        monkeypatch.setattr(Budgets, "page", 0.01)
        asking.with_settings(verify_with_sdk=lambda *_: ASKED)

        assert asking.verdict(mint.token(), override_global_claim_validators=choose) is ASKED

    def test_that_chooses_one_of_the_sdks_is_the_sdks(self, asking, mint):
        sdks: SdkClaim[str] = SdkClaim(key="plan", fetch_value=lambda *_: None)
        own = sdks.validators.has_value("pro")

        assert asking.verdict(mint.token(**ADMIN), **choosing(own)) is ASKED
        assert asking.verdict(mint.token(**ADMIN), **choosing(UserRoleClaim.validators.includes("x"), own)) is ASKED

    def test_is_not_asked_about_a_session_that_is_not_good(self, bench, mint):
        def choose(*_):
            raise AssertionError

        options = {"override_global_claim_validators": choose}

        assert type(bench.verdict(mint.token(exp=1), **options)) is TryRefresh
        assert type(bench.verdict(mint.token(key=mint.gone), **options)) is TryRefresh
        assert type(bench.verdict(**options)) is Unauthorised
        assert type(bench.verdict(session_required=False, **options)) is Anonymous


class TestAValue:
    @pytest.mark.parametrize(
        "entry",
        [
            None,
            {},
            [],
            "admin",
            {"v": None, "t": 0},
            {"v": ["admin"]},
            {"v": ["admin"], "t": "0"},
            {"v": "admin", "t": 0},
        ],
    )
    def test_that_is_missing_or_malformed_is_the_sdks(self, asking, mint, entry):
        assert asking.verdict(mint.token(**{"st-role": entry}), **ADMINS_ONLY) is ASKED
        assert asking.verdict(mint.token(), **ADMINS_ONLY) is ASKED

    @pytest.mark.parametrize(
        ("validator", "kind"),
        [
            (PLAN.validators.has_value("pro"), None),
            (PLAN.validators.has_value("pro", max_age_in_sec=200), Verified),
            (PLAN.validators.has_value("basic", 200, "tier"), InvalidClaims),
        ],
    )
    def test_that_is_too_old_is_the_sdks(self, asking, mint, validator, kind):
        found = asking.verdict(mint.token(plan={"v": "pro", "t": now(120)}), **choosing(validator))

        assert found is ASKED if kind is None else type(found) is kind

    def test_that_is_too_old_is_the_sdks_beside_one_that_is_refused(self, asking, mint):
        validators = [UserRoleClaim.validators.includes("admin"), PLAN.validators.has_value("pro")]
        token = mint.token(plan={"v": "pro", "t": now(120)}, **GUEST)

        assert asking.verdict(token, **choosing(*validators)) is ASKED

    @pytest.mark.parametrize(("before", "after", "kind"), [(GUEST, ADMIN, Verified), (ADMIN, GUEST, InvalidClaims)])
    def test_that_the_core_just_gave_counts(self, bench, mint, before, after, kind):
        renewed = {"token": mint.token(**after), "expiry": now(-60), "createdTime": now()}
        bench.answer = {"status": "OK", "session": TOLD, "accessToken": renewed}

        found = bench.verdict(mint.token(parentRefreshTokenHash1="1" * 64, **before), **ADMINS_ONLY)

        assert type(found) is kind

    @pytest.mark.parametrize(("payload", "kind"), [(ADMIN, Verified), (GUEST, InvalidClaims)])
    def test_counts_where_the_core_is_asked_each_time(self, bench, mint, payload, kind):
        bench.answer = {"status": "OK", "session": TOLD}

        assert type(bench.verdict(mint.token(**payload), check_database=True, **ADMINS_ONLY)) is kind


class TestAnEmailAddress:
    OPTIONS = choosing(EmailVerificationClaim.validators.is_verified())

    def test_that_is_verified_stays_so(self, bench, mint):
        assert type(bench.verdict(mint.token(**{"st-ev": {"v": True, "t": 0}}), **self.OPTIONS)) is Verified

    @pytest.mark.parametrize(("age", "asks"), [(2, False), (60, True)])
    def test_that_is_not_is_looked_up_after_a_while(self, asking, mint, age, asks):
        found = asking.verdict(mint.token(**{"st-ev": {"v": False, "t": now(age)}}), **self.OPTIONS)

        assert found is ASKED if asks else type(found) is InvalidClaims


class TestTheGlobalValidators:
    @pytest.fixture
    def bench(self, mint) -> Bench:
        return Bench(mint).with_settings(global_claim_validators=("email-verification", "multi-factor-auth"))

    @pytest.mark.parametrize(
        ("verified", "completed", "ids"),
        [(True, True, []), (False, True, ["st-ev"]), (True, False, ["st-mfa"]), (False, False, ["st-ev", "st-mfa"])],
    )
    def test_are_checked_where_a_page_chooses_none(self, bench, mint, verified, completed, ids):
        payload = {"st-ev": {"v": verified, "t": now()}, "st-mfa": {"c": {}, "v": completed}}

        found = bench.verdict(mint.token(**payload))

        errors = [] if type(found) is Verified else found.body["claimValidationErrors"]
        assert [error["id"] for error in errors] == ids

    def test_are_given_to_a_function(self, bench, mint):
        options = {
            "override_global_claim_validators": lambda given, *_: [one for one in given if one.id == "st-mfa"],
        }

        assert type(bench.verdict(mint.token(**UNVERIFIED), override_global_claim_validators=lambda *_: [])) is Verified
        found = bench.verdict(mint.token(**UNVERIFIED, **{"st-mfa": {"c": {}, "v": False}}), **options)
        assert [error["id"] for error in found.body["claimValidationErrors"]] == ["st-mfa"]

    def test_that_only_the_sdk_knows_are_the_sdks(self, asking, mint):
        asking.with_settings(global_claim_validators=("sdk",), verify_with_sdk=lambda *_: ASKED)

        assert asking.verdict(mint.token()) is ASKED
        assert asking.verdict(mint.token(), override_global_claim_validators=lambda *_: []) is ASKED
        assert not asking.keys.uses

    def test_are_none_by_default(self, mint):
        assert type(Bench(mint).verdict(mint.token(**UNVERIFIED))) is Verified


class TestTheNames:
    def test_are_those_of_supertokens(self):
        assert UserRoleClaim.key == "st-role"
        assert claims.PermissionClaim.key == "st-perm"
        assert EmailVerificationClaim.key == "st-ev"
        assert MultiFactorAuthClaim.key == "st-mfa"

    def test_read_a_payload(self):
        assert UserRoleClaim.get_value_from_payload(ADMIN) == ["admin", "editor"]
        assert PLAN.get_last_refetch_time({"plan": {"v": "pro", "t": 5}}) == 5
        assert PLAN.get_value_from_payload({}) is None
        assert PLAN.get_last_refetch_time({"plan": None}) is None

    def test_are_in_the_reprs_without_values(self):
        assert repr(UserRoleClaim) == "PrimitiveArrayClaim('st-role')"
        assert repr(PLAN.validators.has_value("a secret")) == "HasValue('plan')"

    def test_of_a_recipe_cannot_be_fetched_without_it(self):
        with pytest.raises(NotImplementedError, match="recipe's own claim"):
            UserRoleClaim.fetch_value("user", "user", "public", {}, {})
