"""What somebody has to mend is no outage: a 500 that says in the log what it is, and that signs nobody out."""

import json
import sys
from itertools import count
from textwrap import dedent

import pytest
from supertokens_python.recipe.userroles import UserRoleClaim
from tests.support.core import Core

from supertokens_lambda import handlers, verify_session
from supertokens_lambda.authorizers import UnavailableError, http_api_authorizer

_numbers = count()

REFRESH = "/auth/session/refresh?redirectBack=/dashboard"


@verify_session(override_global_claim_validators=lambda _, __, ___: [UserRoleClaim.validators.includes("admin")])
def page_for_admins(event, context, session):
    return {"statusCode": 200, "body": "never"}


@verify_session(check_database=True)
def checked_page(event, context, session):
    return {"statusCode": 200, "body": "page"}


@verify_session()
async def revoking_page(event, context, session):
    await session.sdk().revoke_session()
    return {"statusCode": 200, "body": "bye"}


def assert_error(answer, *, as_page=True):
    assert answer.status == 500
    assert answer.headers["cache-control"] == "no-store"
    assert "retry-after" not in answer.headers
    assert "location" not in answer.headers
    assert not answer.cookies
    if as_page:
        assert "You are still signed in" in answer.body
    else:
        assert answer.json() == {"message": "internal error"}


def logged(records):
    return [record for record in records.all if record.name == "supertokens_lambda"]


def assert_logged(records, words, outcome):
    assert records.outcomes[-1] == outcome
    fault, said = logged(records)[-2:]
    assert fault.getMessage().endswith(f": {words}")
    assert (fault.levelname, said.levelname) == ("WARNING", "ERROR")


class TestAValidatorOfARecipeThatIsNotThere:
    @pytest.fixture(autouse=True)
    def _without_roles(self, toolkit, backend_config):
        backend_config("""
            from supertokens_lambda.settings import session_options
            from supertokens_python.recipe import session

            def recipe_list(settings):
                return [session.init(**session_options(settings))]
        """)
        toolkit().stop()
        yield
        toolkit().stop()

    WORDS = "Initialisation not done. Did you forget to call the SuperTokens.init or UserRoles.init function?"

    @pytest.mark.parametrize("as_page", [True, False])
    def test_is_an_error_in_the_sdks_words(self, browser, core, records, as_page):
        browser.holds(core.session())

        answer = browser.open(page_for_admins, page=as_page)

        assert_error(answer, as_page=as_page)
        assert_logged(records, self.WORDS, ("error", "application-error"))

    def test_is_one_to_an_authorizer_too(self, browser, core):
        browser.holds(core.session())
        authorizer = http_api_authorizer(
            override_global_claim_validators=lambda _, __, ___: [UserRoleClaim.validators.includes("admin")]
        )
        event = browser.event("/orders") | {"type": "REQUEST"}

        with pytest.raises(UnavailableError):
            authorizer(event, None)


@pytest.fixture
def application(tmp_path, monkeypatch):
    """Write a module of the application's own."""

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(dedent(text))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return __import__(name)

    return write


class TestTheApplicationsOwnCode:
    def test_that_fails_is_told_by_its_place_alone(self, browser, core, records, application):
        rules = application(
            "rules",
            """
            import json

            def validators(given, session, context):
                return json.loads(f"the secret of {session.get_user_id()}")
            """,
        )
        browser.holds(core.session())

        assert_error(
            browser.open(verify_session(override_global_claim_validators=rules.validators)(lambda *_: "never"))
        )

        fault, _ = logged(records)
        assert records.outcomes == [("error", "application-error")]
        assert fault.getMessage().startswith("json.decoder.JSONDecodeError at ")
        assert "rules.py:5" in fault.getMessage()
        assert "secret" not in fault.getMessage()

    def test_that_reaches_nobody_is_an_outage(self, browser, core, records, application):
        rules = application(
            "rules",
            """
            def validators(given, session, context):
                raise ConnectionResetError("the secret of a database")
            """,
        )
        browser.holds(core.session())

        answer = browser.open(verify_session(override_global_claim_validators=rules.validators)(lambda *_: "never"))

        assert answer.status == 503
        assert records.outcomes == [("unavailable", "core-unreachable")]
        assert "secret" not in logged(records)[0].getMessage()


@pytest.fixture(scope="module")
def keyed_core(few_authorities):
    """A core that wants an API key."""
    with Core(api_keys=("the-right-key-of-the-core",)).running() as core:
        core.http.headers["api-key"] = "the-right-key-of-the-core"
        yield core


SIGN_UP = {"formFields": [{"id": "email", "value": "ann@example.com"}, {"id": "password", "value": "correct-horse-1"}]}
WITH_A_WRONG_KEY = {
    "verify": (lambda browser: browser.open(checked_page), "error"),
    "verify, by the SDK": (lambda browser: browser.open(checked_page), "error"),
    "refresh by a navigation": (lambda browser: browser.open(handlers.auth, REFRESH), "refresh-error"),
    "refresh by a script": (lambda browser: browser.call(handlers.auth, "/auth/session/refresh", {}), "refresh-error"),
    "sign-up": (lambda browser: browser.call(handlers.auth, "/auth/signup", SIGN_UP), "error"),
    "sign-out": (lambda browser: browser.call(handlers.auth, "/auth/signout", {}), "error"),
    "revocation by a handler": (lambda browser: browser.open(revoking_page), "error"),
}


@pytest.mark.parametrize("key", ["a-wrong-key-of-the-core", None])
@pytest.mark.parametrize("name", WITH_A_WRONG_KEY)
def test_a_wrong_api_key_is_said_in_the_cores_words(toolkit, browser, keyed_core, records, seen_tokens, key, name):
    seen_tokens.add("key-of-the-core")
    browser.holds(keyed_core.session())
    held = dict(browser.cookies)
    toolkit(CONNECTION_URI=keyed_core.uri, API_KEY=key, VERIFY_WITH_SDK=str(name.endswith("SDK")).lower())
    ask, verdict = WITH_A_WRONG_KEY[name]

    answer = ask(browser)

    assert_error(answer, as_page=answer.headers["content-type"].startswith("text/html"))
    assert browser.cookies == held
    assert_logged(records, "the core answered 401: Invalid API key", (verdict, "core-refused"))


@pytest.mark.parametrize("by_sdk", ["true", "false"])
def test_a_core_that_refuses_its_keys_is_an_error(toolkit, browser, core, records, by_sdk):
    toolkit(VERIFY_WITH_SDK=by_sdk)
    browser.holds(core.session())

    with core.failing((400, "AppId or tenantId not found"), at="jwks"):
        assert_error(browser.open(checked_page))

    assert_logged(records, "the core answered 400: AppId or tenantId not found", ("error", "core-refused"))


def test_a_core_of_another_version_is_an_error(toolkit, browser, core, records):
    toolkit(VERIFY_WITH_SDK="true")
    browser.holds(core.session())

    with core.failing((200, json.dumps({"versions": ["2.7"]})), at="apiversion"):
        assert_error(browser.open(checked_page))

    assert_logged(records, "the core does not speak the version of SuperTokens' SDK", ("error", "core-refused"))


@pytest.mark.parametrize("where", ["API_KEY_PARAMETER", "API_KEY_SECRET"])
@pytest.mark.parametrize("value", ["the-key-of-a-secret\nx: y", "the-key-of-a-secret é", " \n "])
@pytest.mark.parametrize("name", ["verify", "verify, by the SDK", "refresh by a navigation", "sign-up"])
def test_a_key_that_no_header_can_carry_is_an_error(
    toolkit, aws, browser, core, records, seen_tokens, where, value, name
):
    seen_tokens.add("the-key-of-a-secret")
    if where == "API_KEY_SECRET":
        found = f"bad-{next(_numbers)}"
        aws("secretsmanager").create_secret(Name=found, SecretString=value)
    else:
        found = f"/bad/{next(_numbers)}"
        aws("ssm").put_parameter(Name=found, Value=value, Type="SecureString")
    browser.holds(core.session())
    toolkit(**{where: found}, VERIFY_WITH_SDK=str(name.endswith("SDK")).lower())
    ask, verdict = WITH_A_WRONG_KEY[name]

    answer = ask(browser)

    assert_error(answer, as_page=answer.headers["content-type"].startswith("text/html"))
    words = "names must hold only the core's API key, in visible ASCII characters; correct its value"
    assert_logged(records, f"what SUPERTOKENS_{where} {words}", (verdict, "application-error"))
