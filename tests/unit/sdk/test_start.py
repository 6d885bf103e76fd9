import logging
import os
import sys
from base64 import urlsafe_b64decode
from typing import Any

import pytest
import tldextract
from supertokens_python import Supertokens, utils
from supertokens_python.recipe.session.recipe import SessionRecipe

from supertokens_lambda import handlers
from supertokens_lambda._runtime import current, swap
from supertokens_lambda._sdk.api_answer import ApiAnswer
from supertokens_lambda.settings import SettingsError

SIGN_UP = {"formFields": [{"id": "email", "value": "a"}, {"id": "password", "value": "b"}]}


@pytest.fixture(autouse=True)
def fresh(toolkit):
    toolkit().stop()
    yield
    toolkit().stop()


def test_the_sdk_is_told_the_settings(toolkit):
    toolkit(
        APP_NAME="Shop",
        API_DOMAIN="https://api.example.com",
        WEBSITE_DOMAIN="https://app.example.com",
        API_BASE_PATH="/api",
        WEBSITE_BASE_PATH="/in",
        API_GATEWAY_PATH="/dev",
        COOKIE_DOMAIN=".example.com",
        COOKIE_SAME_SITE="strict",
        ANTI_CSRF="VIA_TOKEN",
    )

    current().sdk.start()

    app = Supertokens.get_instance().app_info
    assert app.app_name == "Shop"
    assert app.api_domain.get_as_string_dangerous() == "https://api.example.com"
    assert app.get_origin(None, {}).get_as_string_dangerous() == "https://app.example.com"
    assert app.api_base_path.get_as_string_dangerous() == "/dev/api"
    assert app.website_base_path.get_as_string_dangerous() == "/in"
    config = SessionRecipe.get_instance().config
    assert config.cookie_domain == ".example.com"
    assert config.cookie_secure
    assert config.get_cookie_same_site(None, {}) == "strict"
    assert config.anti_csrf_function_or_string == "VIA_TOKEN"


def test_the_choices_that_the_settings_leave_are_the_sdks(toolkit):
    current().sdk.start()

    config = SessionRecipe.get_instance().config
    assert config.cookie_domain is None
    assert config.get_cookie_same_site(None, {}) == "lax"
    assert config.anti_csrf_function_or_string(None, {}) == "NONE"


def test_the_sdk_is_started_once():
    current().sdk.start()
    running = Supertokens.get_instance()
    current().sdk.start()
    swap(None)
    current().sdk.start()

    assert Supertokens.get_instance() is running


@pytest.mark.parametrize(("given", "kept"), [(None, "1"), ("true", "true")])
def test_the_list_of_public_suffixes_is_not_fetched(toolkit, given, kept):
    toolkit(TLDEXTRACT_DISABLE_HTTP=given)

    current().sdk.start()

    assert os.environ["SUPERTOKENS_TLDEXTRACT_DISABLE_HTTP"] == kept


def test_the_sdks_calls_to_the_core_are_not_logged(toolkit, browser, records, seen_tokens):
    seen_tokens.add("somebody-else@example.com")
    logging.getLogger("httpx").setLevel(logging.NOTSET)

    browser.call(handlers.auth, "/auth/signup/email/exists?email=somebody-else@example.com")

    assert not [record for record in records.all if record.name == "httpx"]


def test_the_core_is_given_the_api_key(toolkit, browser, core, seen_tokens):
    seen_tokens.add("a-key-for-the-core")
    toolkit(API_KEY="a-key-for-the-core")
    browser.holds(core.session())
    core.calls.clear()

    browser.call(handlers.auth, "/auth/signout", {})

    assert {call.api_key for call in core.calls if call.path.endswith("/remove")} == {"a-key-for-the-core"}


def test_the_recipes_are_those_of_the_application(toolkit, browser, backend_config):
    backend_config("""
        from supertokens_lambda.settings import session_options
        from supertokens_python.recipe import session

        def recipe_list(settings):
            return [session.init(**session_options(settings))]
    """)

    assert browser.call(handlers.auth, "/auth/signup", SIGN_UP).status == 404
    assert browser.call(handlers.auth, "/auth/session/refresh", {}).status == 401


def test_the_reuse_interval_is_around_what_the_application_overrides(toolkit, browser, core, records, backend_config):
    toolkit(VERIFY_WITH_SDK="true")
    backend_config("""
        from supertokens_lambda.settings import session_options
        from supertokens_python.recipe import session

        def override(original):
            refresh_session = original.refresh_session

            async def refresh(*arguments):
                container = await refresh_session(*arguments)
                await container.merge_into_access_token_payload({"refreshed": "by us"})
                return container

            original.refresh_session = refresh
            return original

        def recipe_list(settings):
            overrides = session.InputOverrideConfig(functions=override)
            return [session.init(**session_options(settings), override=overrides)]
    """)
    browser.holds(core.session())
    held = dict(browser.cookies)
    answers = [browser.call(handlers.auth, "/auth/session/refresh", {})]
    browser.cookies = held
    answers.append(browser.call(handlers.auth, "/auth/session/refresh", {}))

    first, second = (answer.cookie("sAccessToken").value for answer in answers)
    assert first == second
    assert core.asked("/refresh", "/regenerate") == ["/recipe/session/refresh", "/recipe/session/regenerate"]
    assert b"by us" in urlsafe_b64decode(first.split(".")[1] + "==")
    assert records.outcomes == [("refreshed", "refreshed"), ("refreshed", "reused")]


@pytest.mark.parametrize("is_first", [True, False])
def test_the_first_call_goes_to_another_core_where_one_is_down(toolkit, core, dead_port, browser, is_first):
    uris = [dead_port.uri, core.uri] if is_first else [core.uri, dead_port.uri]
    toolkit(CONNECTION_URI=";".join(uris))

    parameters = {"email": "nobody@example.com"}
    answer = current().api.call(
        browser.request("/auth"), "/emailpassword/email/exists", method="GET", parameters=parameters
    )

    assert isinstance(answer, ApiAnswer)
    assert answer.content == {"status": "OK", "exists": False}


def test_an_application_without_recipes_is_an_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "backend_config", None)

    with pytest.raises(ModuleNotFoundError, match="backend_config"):
        current().sdk.start()


def test_settings_that_are_missing_are_named(toolkit):
    toolkit(CONNECTION_URI=None, API_DOMAIN="a-secret-not-an-origin")

    with pytest.raises(
        SettingsError, match=r"SUPERTOKENS_CONNECTION_URI is missing; SUPERTOKENS_API_DOMAIN must be"
    ) as e:
        current().sdk.start()

    assert "a-secret" not in str(e.value)
    toolkit()
    current().sdk.start()


SITES = {
    "https://api.a.example.com": "example.com",
    "https://api.example.co.uk:8443": "example.co.uk",
    "https://api.city.kawasaki.jp": "city.kawasaki.jp",
    "https://one.github.io": "one.github.io",
    "https://abc.execute-api.eu-west-1.amazonaws.com": "abc.execute-api.eu-west-1.amazonaws.com",
    "https://s3.eu-west-1.amazonaws.com": "s3.eu-west-1.amazonaws.com",  # a suffix
    "https://api.xn--mnchen-3ya.de": "xn--mnchen-3ya.de",
    "https://api.a.test": "test.",
    "http://127.0.0.1:3000": "localhost",
}


def test_public_suffixes_are_looked_up_in_the_list(toolkit, monkeypatch):
    # Otherwise the SDK builds the tries for each domain that it looks at.
    monkeypatch.setattr(tldextract.tldextract.Trie, "create", None)

    for api_domain, site in SITES.items():
        toolkit(API_DOMAIN=api_domain, WEBSITE_DOMAIN="https://app.example.org")
        current().sdk.start()

        app = Supertokens.get_instance().app_info
        assert app.top_level_api_domain == site
        assert app.get_top_level_website_domain(None, {}) == "example.org"


def test_the_sdk_has_tldextract_where_it_may_fetch_the_list(toolkit, monkeypatch):
    tries: list[object] = []
    create = tldextract.tldextract.Trie.create

    def counted(*given: Any) -> Any:
        tries.append(given)
        return create(*given)

    monkeypatch.setattr(tldextract.tldextract.Trie, "create", counted)
    toolkit(TLDEXTRACT_DISABLE_HTTP="0")
    current().sdk.start()

    # Nothing listens there, so it takes its own list, and reads that once.
    options: dict[str, Any] = {
        "suffix_list_urls": ("http://127.0.0.1:1/",),
        "cache_dir": None,
        "extra_suffixes": ("unusual",),
    }
    for _ in range(2):
        extract = utils.TLDExtract(**options)  # type: ignore[attr-defined]
        assert extract("a.b.unusual").suffix == "unusual"
        assert len(tries) == 2
