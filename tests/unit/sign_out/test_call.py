"""SuperTokens' call to sign out: which requests it is, and who answers it."""

import json
import sys

import pytest

from supertokens_lambda import handlers
from supertokens_lambda._http.message import MAX_BODY
from supertokens_lambda._runtime import current

OVERRIDING = """
from supertokens_lambda.settings import session_options
from supertokens_python.recipe import session

def override(original):
    signout_post = original.signout_post

    async def overridden(session, api_options, user_context):
        api_options.response.set_header("x-signed-out-by", "the application")
        return await signout_post(session, api_options, user_context)

    original.signout_post = overridden
    return original

def recipe_list(settings):
    return [session.init(**session_options(settings), override=session.InputOverrideConfig(apis=override))]
"""


@pytest.fixture
def overriding(toolkit, tmp_path, monkeypatch):
    """Start the toolkit of an application that overrides the sign-out."""
    (tmp_path / "backend_config.py").write_text(OVERRIDING)
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("backend_config", None)
    toolkit(VERIFY_WITH_SDK="true").stop()
    yield
    sys.modules.pop("backend_config", None)
    toolkit().stop()


@pytest.mark.parametrize("handler", [handlers.auth, handlers.refresh])
@pytest.mark.parametrize("path", ["/auth/signout", "/auth/signout/", "/auth/public/signout"])
def test_ends_the_session(browser, core, handler, path):
    issued = browser.holds(core.session())

    answer = browser.call(handler, path, {})

    assert (answer.status, answer.json()) == (200, {"status": "OK"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.clears("sAccessToken")
    assert not core.has(issued.handle)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/auth/signout"),
        ("OPTIONS", "/auth/signout"),
        ("POST", "/auth/signout/x"),
        ("POST", "/auth/SIGNOUT"),
        ("POST", "/signout"),
        ("POST", "/auth/a/b/signout"),
    ],
)
def test_is_one_method_and_one_path(browser, core, method, path):
    issued = browser.holds(core.session())

    assert browser.call(handlers.auth, path, method=method, headers={"rid": "anti-csrf"}).status == 404
    assert core.has(issued.handle)


@pytest.mark.parametrize("verified", [True, False])
def test_checks_no_claims(toolkit, browser, core, verified):
    toolkit(GLOBAL_CLAIM_VALIDATORS="email-verification,multi-factor-auth")
    issued = browser.holds(core.session(**{"st-ev": {"v": verified, "t": 0}}))

    assert browser.call(handlers.auth, "/auth/signout", {}).status == 200
    assert not core.has(issued.handle)


def test_a_token_of_the_second_version_is_the_sdks(toolkit, browser, telling_core, mint):
    toolkit(CONNECTION_URI=telling_core.uri)
    browser.more_cookies = [f"sAccessToken={mint.of_version_2()}"]
    telling_core.calls.clear()

    answer = browser.call(handlers.auth, "/auth/signout", {})

    assert (answer.status, answer.json()) == (200, {"status": "OK"})
    asked = [json.loads(call.body) for call in telling_core.calls if call.path.endswith("/session/remove")]
    assert asked == [{"sessionHandles": ["handle-1"]}]
    assert "sdk" in vars(current())


def test_an_application_that_overrides_it_is_asked(overriding, browser, core):
    issued = browser.holds(core.session())

    answer = browser.call(handlers.auth, "/auth/signout", {})

    assert answer.status == 200
    assert answer.headers["x-signed-out-by"] == "the application"
    assert not core.has(issued.handle)


def test_a_body_that_is_too_large_is_refused(browser, core):
    issued = browser.holds(core.session())

    answer = browser.call(handlers.auth, "/auth/signout", method="POST", body="x" * (MAX_BODY + 1))

    assert answer.status == 413
    assert core.has(issued.handle)
