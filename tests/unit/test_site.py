import pytest

from supertokens_lambda import verify_session
from supertokens_lambda.site import site
from supertokens_lambda.testing import ApiGateway
from supertokens_lambda.testing.sessions import sessions

FUNCTION_URL = ApiGateway("function-url")


@site
@verify_session()
def handler(event, context, session):
    return {"statusCode": 200, "body": f"Hello {session.get_user_id()}"}


@pytest.fixture
def supertokens():
    with sessions() as made:
        yield made


def answer_to(supertokens, target, **given):
    return handler(supertokens.event(target, event_source=FUNCTION_URL, **given), None)


def test_pages_are_the_applications_own(supertokens):
    assert answer_to(supertokens, "/", cookies=supertokens.cookies("ada"))["body"] == "Hello ada"


@pytest.mark.parametrize("path", ["/", "/authors", "/auth-pages", "/refresh-sessions", "/AUTH"])
def test_every_other_path_is_guarded(supertokens, path):
    answer = answer_to(supertokens, path)

    assert answer["statusCode"] == 302
    assert answer["headers"]["location"].startswith("/refresh-session?redirectBack=")


@pytest.mark.parametrize("path", ["/refresh-session", "/refresh-session/"])
def test_the_page_that_refreshes_leads_to_the_refresh(supertokens, path):
    assert answer_to(supertokens, path)["headers"]["location"] == "/auth/session/refresh"


@pytest.mark.parametrize("path", ["/auth?show=signup", "/auth/?show=signup"])
def test_the_sign_in_page_needs_no_session(supertokens, path):
    answer = answer_to(supertokens, path)

    assert answer["statusCode"] == 200
    assert "<form" in answer["body"]


def test_a_form_of_another_site_is_refused(supertokens):
    headers = {"sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded"}

    assert answer_to(supertokens, "/auth", method="POST", headers=headers, body=b"email=a")["statusCode"] == 403
    assert answer_to(supertokens, "/auth/sign-out", method="POST", headers=headers)["statusCode"] == 403


def test_the_rest_below_the_base_path_is_supertokens_api(supertokens):
    headers = {"sec-fetch-dest": "empty", "accept": "*/*"}

    assert answer_to(supertokens, "/auth/session/refresh", method="POST", headers=headers)["statusCode"] == 401
    assert answer_to(supertokens, "/auth/no-such-route", headers=headers)["statusCode"] == 404


def test_an_event_that_is_not_http_is_refused():
    assert handler({"Records": []}, None)["statusCode"] == 400
