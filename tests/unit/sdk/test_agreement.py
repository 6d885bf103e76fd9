"""What `backend_config` has the SDK do differently is found as the SDK starts."""

import sys
from textwrap import dedent

import pytest

from supertokens_lambda._runtime import current
from supertokens_lambda.settings import SettingsError

INIT = """
from supertokens_lambda.settings import session_options
from supertokens_python.recipe import session

def overriding(*names):
    def override(original):
        for name in names:
            function = getattr(original, name)

            async def overridden(*arguments, **keywords):
                return await function(*arguments, **keywords)

            setattr(original, name, overridden)
        return original

    return override

def without(name):
    def override(original):
        setattr(original, f"disable_{name}", True)
        return original

    return override

async def handler(*arguments):
    return arguments[-1]

def recipe_list(settings):
    return [session.init(**{options})]
"""


@pytest.fixture
def start(toolkit, tmp_path, monkeypatch):
    """Start the SDK with the given keywords of `session.init`."""

    def with_options(options: str, **settings: str) -> None:
        (tmp_path / "backend_config.py").write_text(dedent(INIT).replace("{options}", options))
        monkeypatch.syspath_prepend(tmp_path)
        sys.modules.pop("backend_config", None)
        toolkit(**settings).stop()
        current().sdk.start()

    yield with_options
    sys.modules.pop("backend_config", None)
    toolkit().stop()


OWN = {
    "override=session.InputOverrideConfig(functions=overriding('get_session'))": "an override of get_session",
    "override=session.InputOverrideConfig(functions=overriding('refresh_session'))": "an override of refresh_session",
    "override=session.InputOverrideConfig(apis=overriding('refresh_post'))": "an override of refresh_post",
    "override=session.InputOverrideConfig(functions=overriding('revoke_session'))": "an override of revoke_session",
    "override=session.InputOverrideConfig(functions=overriding('revoke_multiple_sessions'))": (
        "an override of revoke_multiple_sessions"
    ),
    "override=session.InputOverrideConfig(apis=overriding('signout_post'))": "an override of signout_post",
    "override=session.InputOverrideConfig(apis=without('signout_post'))": "disable_signout_post",
    "override=session.InputOverrideConfig(apis=without('refresh_post'))": "disable_refresh_post",
    "error_handlers=session.InputErrorHandlers(on_unauthorised=handler)": "an error handler on_unauthorised",
    "error_handlers=session.InputErrorHandlers(on_invalid_claim=handler)": "an error handler on_invalid_claim",
    "older_cookie_domain='.example.org'": "older_cookie_domain",
    "session_expired_status_code=440": "session_expired_status_code",
    "invalid_claim_status_code=402": "invalid_claim_status_code",
    "get_token_transfer_method=lambda *_: 'cookie'": "get_token_transfer_method",
    "expose_access_token_to_frontend_in_cookie_based_auth=True": "expose_access_token_to_frontend",
}


@pytest.mark.parametrize("option", OWN)
def test_what_pages_would_not_do_needs_the_setting(start, option):
    options = f"session_options(settings), {option}"

    with pytest.raises(SettingsError, match=f"has {OWN[option]}.*set SUPERTOKENS_VERIFY_WITH_SDK=true"):
        start(options)

    start(options, VERIFY_WITH_SDK="true")


@pytest.mark.parametrize(
    "option",
    [
        "override=session.InputOverrideConfig(functions=overriding('create_new_session'))",
        "override=session.InputOverrideConfig(functions=overriding('revoke_all_sessions_for_user'))",
        "error_handlers=session.InputErrorHandlers(on_token_theft_detected=handler)",
        "jwks_refresh_interval_sec=60",
    ],
)
def test_what_makes_no_difference_to_pages_needs_none(start, option):
    start(f"session_options(settings), {option}")


@pytest.mark.parametrize(
    ("options", "settings", "named"),
    [
        ("{'cookie_domain': '.example.org'}", {}, "SUPERTOKENS_COOKIE_DOMAIN"),
        ("{}", {"COOKIE_DOMAIN": ".localhost"}, "SUPERTOKENS_COOKIE_DOMAIN"),
        ("{}", {"COOKIE_SAME_SITE": "strict"}, "SUPERTOKENS_COOKIE_SAME_SITE"),
        ("{'anti_csrf': 'VIA_TOKEN'}", {}, "SUPERTOKENS_ANTI_CSRF"),
        (
            "{'use_dynamic_access_token_signing_key': False}",
            {},
            "SUPERTOKENS_USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY",
        ),
    ],
)
def test_settings_and_backend_config_have_to_agree(start, options, settings, named):
    with pytest.raises(SettingsError, match=f"differs from {named}; give it session_options"):
        start(options, **settings)
