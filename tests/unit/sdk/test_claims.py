"""Claims that the SDK decides, and the global validators that it knows: over the real SDK, in a browser's terms."""

import sys
from textwrap import dedent

import pytest
from supertokens_python.recipe.session.claims import PrimitiveClaim as SdkClaim

from supertokens_lambda import Session, handlers, verify_session
from supertokens_lambda._runtime import current
from supertokens_lambda.claims import PrimitiveArrayClaim, PrimitiveClaim, UserRoleClaim
from supertokens_lambda.settings import SettingsError

SIGN_UP = {"formFields": [{"id": "email", "value": "a"}, {"id": "password", "value": "b"}]}


def guarded(choose=None):
    @verify_session(override_global_claim_validators=choose)
    def page(event, context, session):
        return {"statusCode": 200, "body": "page"}

    return page


class TestAValueThatIsMissing:
    @pytest.fixture
    def fetched(self):
        return []

    @pytest.fixture
    def plan(self, fetched):
        async def fetch_plan(user_id, recipe_user_id, tenant_id, payload, user_context):
            fetched.append((user_id, recipe_user_id.get_as_string(), tenant_id))
            return "pro"

        return PrimitiveClaim[str]("plan", fetch_plan)

    @pytest.mark.parametrize("by_sdk", ["false", "true"])
    def test_is_fetched_and_kept_in_the_token(self, toolkit, browser, core, fetched, plan, by_sdk):
        toolkit(VERIFY_WITH_SDK=by_sdk)
        issued = browser.holds(core.session())
        page = guarded(lambda *_: [plan.validators.has_value("pro")])

        answers = [browser.open(page), browser.open(page)]

        assert [answer.status for answer in answers] == [200, 200]
        assert answers[0].sets("sAccessToken")
        assert not answers[1].cookies
        assert fetched == [(issued.user_id, issued.user_id, "public")]

    def test_is_fetched_and_may_forbid(self, browser, core, records, plan):
        browser.holds(core.session())

        answer = browser.call(guarded(lambda *_: [plan.validators.has_value("basic", id_="tier")]), "/dashboard")

        assert answer.status == 403
        reason = {"message": "wrong value", "expectedValue": "basic", "actualValue": "pro"}
        assert answer.json() == {
            "message": "invalid claim",
            "claimValidationErrors": [{"id": "tier", "reason": reason}],
        }
        assert records.outcomes == [("invalid-claims", "claims-invalid")]

    def test_that_cannot_be_fetched_forbids(self, browser, core):
        browser.holds(core.session())
        teams: PrimitiveArrayClaim[list[str]] = PrimitiveArrayClaim("teams", lambda *_: None)

        answer = browser.call(guarded(lambda *_: [teams.validators.includes("red")]), "/dashboard")

        assert answer.status == 403
        (error,) = answer.json()["claimValidationErrors"]
        assert error["reason"]["message"] == "value does not exist"


@pytest.mark.parametrize("age", ["new", "missing"])
def test_a_function_is_given_the_same_names_by_whoever_decides(browser, core, age):
    seen = []
    claim: PrimitiveClaim[str] = PrimitiveClaim("plan", lambda *_: "pro")
    issued = browser.holds(core.session(**({"plan": {"v": "pro", "t": 0}} if age == "new" else {})))

    def choose(given, session: Session, user_context):
        seen.append((given, session.get_user_id(), session.sdk().get_handle(), type(user_context)))
        return [claim.validators.has_value("pro")]

    assert browser.open(guarded(choose)).status == 200
    assert seen == [([], issued.user_id, issued.handle, dict)] * (1 if age == "new" else 2)


@pytest.mark.parametrize("by_sdk", ["false", "true"])
def test_a_function_may_use_all_of_the_sdks_session(toolkit, browser, core, by_sdk):
    toolkit(VERIFY_WITH_SDK=by_sdk)
    sdks: SdkClaim[str] = SdkClaim(key="plan", fetch_value=lambda *_: None)
    browser.holds(core.session(plan={"v": "pro", "t": 0}))

    async def choose(given, session, user_context):
        assert session.get_user_id(user_context) == session["user_id"]
        return [sdks.validators.has_value(await session.get_claim_value(sdks))]

    assert browser.open(guarded(choose)).status == 200


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "must return a list of claim validators; return [] to check none"),
        ([UserRoleClaim], "returned a list with a PrimitiveArrayClaim; return claim validators"),
    ],
)
def test_a_function_that_returns_anything_else_is_an_error_that_says_so(browser, core, records, result, words):
    browser.holds(core.session())

    assert browser.open(guarded(lambda *_: result)).status == 500
    assert records.outcomes == [("error", "application-error")]
    assert [record for record in records.all if f"override_global_claim_validators {words}" in record.getMessage()]


@pytest.fixture
def recipes(tmp_path, monkeypatch, toolkit):
    """Write a `backend_config` with recipes beside the session's."""
    toolkit().stop()

    def write(text="", *, more="", session_options=""):
        (tmp_path / "backend_config.py").write_text(
            dedent(text)
            + dedent(f"""
            from supertokens_lambda.settings import session_options
            from supertokens_python.recipe import emailpassword, emailverification, multifactorauth, session

            def recipe_list(settings):
                own = session.init(**session_options(settings){session_options})
                return [own, emailpassword.init(), {more}]
            """)
        )
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "backend_config", raising=False)

    yield write
    sys.modules.pop("backend_config", None)
    toolkit().stop()


REQUIRED = 'emailverification.init(mode="REQUIRED")'
OPTIONAL = 'emailverification.init(mode="OPTIONAL")'
FACTORS = "multifactorauth.init()"
OWN_CLAIM = """
    from supertokens_python.recipe.session.claims import BooleanClaim

    TERMS = BooleanClaim(key="terms", fetch_value=lambda *_: None)

    def override(original):
        def validators(tenant_id, user_id, recipe_user_id, added, user_context):
            return [*added, TERMS.validators.is_true(None)]

        original.get_global_claim_validators = validators
        return original
"""
STRICTER = """
    from supertokens_python.post_init_callbacks import PostSTInitCallbacks
    from supertokens_python.recipe.emailverification import EmailVerificationClaim
    from supertokens_python.recipe.session.recipe import SessionRecipe

    def register():
        validator = EmailVerificationClaim.validators.is_verified(10, max_age_in_seconds=60)
        SessionRecipe.get_instance().add_claim_validator_from_other_recipe(validator)

    PostSTInitCallbacks.add_post_init_callback(register)
"""
OVERRIDES = ", override=session.InputOverrideConfig(functions=override)"


class TestTheStart:
    @pytest.mark.parametrize(
        ("more", "named"),
        [
            ("", None),
            (OPTIONAL, None),
            (REQUIRED, "email-verification"),
            (FACTORS, "multi-factor-auth"),
            (f"{REQUIRED}, {FACTORS}", "multi-factor-auth,email-verification"),
            (REQUIRED, "sdk"),
        ],
    )
    def test_goes_well_where_the_setting_names_what_is_registered(self, toolkit, recipes, more, named):
        recipes(more=more)
        toolkit(GLOBAL_CLAIM_VALIDATORS=named)

        current().sdk.start()

    @pytest.mark.parametrize(
        ("more", "named", "advice"),
        [
            (REQUIRED, None, "set it to email-verification, for every function"),
            (FACTORS, None, "set it to multi-factor-auth, for every function"),
            (f"{REQUIRED}, {FACTORS}", "email-verification", "set it to email-verification,multi-factor-auth, for"),
            ("", "email-verification", "leave it out, for every function"),
        ],
    )
    def test_says_what_to_set_where_it_does_not(self, toolkit, recipes, more, named, advice):
        recipes(more=more)
        toolkit(GLOBAL_CLAIM_VALIDATORS=named)

        for _ in range(2):
            with pytest.raises(SettingsError, match=f"SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS .*{advice}"):
                current().sdk.start()

    def test_finds_validators_of_the_applications_own(self, toolkit, recipes):
        recipes(OWN_CLAIM, session_options=OVERRIDES)

        with pytest.raises(SettingsError, match="set it to sdk"):
            current().sdk.start()

        toolkit(GLOBAL_CLAIM_VALIDATORS="sdk")
        current().sdk.start()

    def test_knows_validators_by_all_that_they_ask(self, toolkit, recipes):
        recipes(STRICTER, more=OPTIONAL)
        toolkit(GLOBAL_CLAIM_VALIDATORS="email-verification")

        with pytest.raises(SettingsError, match="set it to sdk"):
            current().sdk.start()

    def test_needs_no_setting_where_the_sdk_verifies(self, toolkit, recipes):
        recipes(more=REQUIRED)
        toolkit(VERIFY_WITH_SDK="true")

        current().sdk.start()

    def test_lets_nobody_sign_up_while_pages_check_nothing(self, browser, recipes):
        recipes(more=REQUIRED)

        with pytest.raises(SettingsError, match="email-verification"):
            browser.call(handlers.auth, "/auth/signup", SIGN_UP)


@pytest.mark.parametrize("variable", [{"GLOBAL_CLAIM_VALIDATORS": "sdk"}, {"VERIFY_WITH_SDK": "true"}])
@pytest.mark.parametrize(("accepted", "status"), [(True, 200), (False, 403)])
def test_validators_of_the_applications_own_are_checked_by_default(
    toolkit, browser, core, recipes, variable, accepted, status
):
    recipes(OWN_CLAIM, session_options=OVERRIDES)
    toolkit(**variable)
    browser.holds(core.session(terms={"v": accepted, "t": 0}))

    assert browser.open(guarded()).status == status
    assert browser.open(guarded(lambda given, session, user_context: given)).status == status
    assert browser.open(guarded(lambda given, session, user_context: [])).status == 200


@pytest.mark.parametrize("variable", [{"GLOBAL_CLAIM_VALIDATORS": "email-verification"}, {"VERIFY_WITH_SDK": "true"}])
@pytest.mark.parametrize(("verified", "status"), [(True, 200), (False, 403)])
def test_an_address_is_checked_by_default_where_the_recipe_wants_it(
    toolkit, browser, core, recipes, variable, verified, status
):
    recipes(more=REQUIRED)
    toolkit(**variable)
    browser.holds(core.session(**{"st-ev": {"v": verified, "t": 10**15}}))

    page = browser.open(guarded())
    assert (page.status, page.headers.get("location")) == (
        (200, None) if verified else (302, "/auth/verify-email?redirectBack=/dashboard")
    )
    answer = browser.call(guarded(), "/dashboard")
    assert answer.status == status
    if status == 403:
        reason = {"message": "wrong value", "expectedValue": True, "actualValue": False}
        assert answer.json()["claimValidationErrors"] == [{"id": "st-ev", "reason": reason}]
