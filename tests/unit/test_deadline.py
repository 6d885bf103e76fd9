import time
from types import SimpleNamespace

import pytest

from supertokens_lambda import handlers, verify_session
from supertokens_lambda._deadline import begin_invocation, within_invocation


@pytest.fixture(autouse=True)
def ended():
    yield
    begin_invocation(None)


def lambda_context(seconds):
    return SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000)


@pytest.mark.parametrize(("seconds", "left"), [(60, 3), (2, 1.5), (0.1, -0.4)])
def test_a_budget_ends_before_the_invocation_does(seconds, left):
    begin_invocation(lambda_context(seconds))

    assert within_invocation(3) == pytest.approx(left, abs=0.2)


@pytest.mark.parametrize("context", [None, object(), {}])
def test_a_context_that_tells_no_time_sets_no_end(context):
    begin_invocation(lambda_context(1))
    begin_invocation(context)

    assert within_invocation(3) == 3


@verify_session(check_database=True)
def page(event, context, session):
    return "never"


@pytest.mark.parametrize("verify_with_sdk", ["true", "false"])
def test_a_page_is_answered_while_there_is_time(toolkit, core, browser, verify_with_sdk):
    toolkit(VERIFY_WITH_SDK=verify_with_sdk)
    session = core.session()
    event = {
        "version": "2.0",
        "rawPath": "/dashboard",
        "headers": {"sec-fetch-dest": "document"},
        "cookies": [f"sAccessToken={session.access_token}", f"sRefreshToken={session.refresh_token}"],
        "requestContext": {"http": {"method": "GET"}},
    }
    refresh = event | {"rawPath": "/auth/session/refresh"}

    with core.failing("never answers", at="/recipe"):
        for handler, found in ((page, event), (handlers.auth, refresh)):
            before = time.monotonic()
            answer = handler(found, lambda_context(1.2))

            assert answer["statusCode"] == 503
            assert time.monotonic() - before < 2.5
