import asyncio
import json

import pytest
from supertokens_python.exceptions import BadInputError, GeneralError
from supertokens_python.recipe.session.claims import PrimitiveClaim
from supertokens_python.recipe.session.exceptions import TryRefreshTokenError, UnauthorisedError

from supertokens_lambda import Session, handlers, verify_session
from supertokens_lambda._runtime import current
from supertokens_lambda.settings import SettingsError

REFRESH = "/auth/session/refresh?redirectBack=/dashboard"
PRIVILEGE: PrimitiveClaim[str] = PrimitiveClaim(key="role", fetch_value=lambda *_: None)


class OwnError(Exception):
    pass


def returning(answer):
    @verify_session()
    def page(event, context, session):
        return answer

    return page


def raising(error):
    @verify_session()
    def page(event, context, session):
        raise error

    return page


def raising_later(error):
    @verify_session()
    async def page(event, context, session):
        await asyncio.sleep(0)
        raise error

    return page


@pytest.fixture
def refreshed(browser, core):
    """Give a browser the session of a refresh, a moment ago: its next answer carries cookies."""
    issued = browser.holds(core.expired_session())
    assert browser.open(handlers.auth, REFRESH).status == 302
    return issued


class TestAHandler:
    def test_is_given_event_context_and_session(self, browser, core):
        issued = browser.holds(core.session())
        event = browser.event("/dashboard")

        @verify_session()
        def page(*args):
            return args

        given_event, context, session = page(event, "context")

        assert given_event is event
        assert context == "context"
        assert isinstance(session, Session)
        assert session.get_user_id() == issued.user_id

    def test_is_given_what_else_it_is_called_with(self, browser, core):
        browser.holds(core.session())

        @verify_session()
        def page(event, context, session, *more, **named):
            return more, named

        assert page(browser.event("/"), None, 1, 2, a=3) == ((1, 2), {"a": 3})

    def test_may_be_a_coroutine(self, browser, core):
        issued = browser.holds(core.session())
        loops = []

        @verify_session()
        async def page(event, context, session, *, name):
            await asyncio.sleep(0)
            loops.append(asyncio.get_running_loop())
            return {"statusCode": 200, "body": f"{session.get_user_id()} {name}"}

        answers = [page(browser.event("/"), None, name="x") for _ in range(2)]

        assert [answer["body"] for answer in answers] == [f"{issued.user_id} x"] * 2
        assert loops[0] is loops[1]

    def test_keeps_its_name(self):
        @verify_session()
        def page(event, context, session):
            """What it is for."""

        assert (page.__name__, page.__doc__) == ("page", "What it is for.")

    @pytest.mark.parametrize("verify_with_sdk", ["false", "true"])
    @pytest.mark.parametrize("by", ["payload", "sdk", "payload of the sdk's session"])
    def test_may_change_the_payload_that_it_is_given(self, toolkit, browser, core, by, verify_with_sdk):
        toolkit(VERIFY_WITH_SDK=verify_with_sdk)
        browser.holds(core.session(team={"roles": ["reader"]}))
        seen = []

        @verify_session()
        def page(event, context, session):
            if by == "payload of the sdk's session":
                session.sdk()
            seen.append(json.dumps(session.get_access_token_payload()["team"]))
            given = session.sdk() if by == "sdk" else session
            given.get_access_token_payload()["team"]["roles"].append("admin")
            if by != "sdk":
                seen.append(json.dumps(session.get_access_token_payload()["team"]))
                seen.append(json.dumps(session.sdk().get_access_token_payload()["team"]))

        for _ in range(2):
            page(browser.event("/"), None)

        assert set(seen) == {'{"roles": ["reader"]}'}

    def test_does_not_run_without_a_session(self, browser, core):
        ran = []

        @verify_session()
        def page(event, context, session):
            ran.append(session)

        assert browser.open(page).location == "/refresh-session?redirectBack=/dashboard"
        assert browser.call(page, "/dashboard").status == 401
        assert not ran

    def test_is_given_none_where_it_needs_no_session(self, browser):
        @verify_session(session_required=False)
        def page(event, context, session):
            return session is None

        assert page(browser.event("/"), None) is True

    @pytest.mark.parametrize("make", [raising, raising_later], ids=["sync", "async"])
    @pytest.mark.parametrize("error", [OwnError("mine"), SystemExit(3), KeyError("x"), asyncio.CancelledError()])
    def test_may_raise_what_it_likes(self, browser, core, make, error):
        browser.holds(core.session())

        with pytest.raises(type(error)) as raised:
            make(error)(browser.event("/"), None)

        assert raised.value is error

    def test_may_raise_it_without_a_session_too(self, browser):
        @verify_session(session_required=False)
        def page(event, context, session):
            raise OwnError

        with pytest.raises(OwnError):
            page(browser.event("/"), None)

    @pytest.mark.parametrize("error", [GeneralError("mine"), BadInputError("mine")])
    def test_may_raise_an_error_of_the_sdks_that_is_none_of_the_sessions(self, browser, core, error):
        browser.holds(core.session())

        with pytest.raises(type(error)) as raised:
            raising(error)(browser.event("/"), None)

        assert raised.value is error


class TestTheRules:
    def test_may_name_another_refresh(self, browser):
        answer = browser.open(verify_session(refresh_path="/again")(lambda *_: None))

        assert answer.location == "/again?redirectBack=/dashboard"

    @pytest.mark.parametrize(("on_failure", "status"), [("redirect", 302), ("status", 401)])
    def test_may_say_what_a_refused_request_gets(self, browser, on_failure, status):
        page = verify_session(on_failure=on_failure)(lambda *_: None)

        assert browser.open(page).status == status
        assert browser.call(page, "/dashboard").status == status

    def test_may_ask_the_core_each_time(self, browser, core):
        browser.holds(core.session())
        page = verify_session(check_database=True)(lambda *_: {"statusCode": 200})

        assert [browser.open(page).status for _ in range(2)] == [200, 200]
        assert len(core.asked("/session/verify")) == 2

    def test_may_forbid(self, browser, core):
        browser.holds(core.session())
        validators = [PRIVILEGE.validators.has_value("admin")]
        page = verify_session(override_global_claim_validators=lambda *_: validators)(lambda *_: None)

        assert browser.open(page).status == 403
        assert browser.call(page, "/dashboard").json()["message"] == "invalid claim"


class TestAnErrorOfTheSdks:
    @pytest.fixture(params=[raising, raising_later], ids=["sync", "async"])
    def make(self, request):
        return request.param

    def test_that_ends_the_session_clears_it(self, browser, core, records, make):
        browser.holds(core.session())

        answer = browser.open(make(UnauthorisedError("a secret")))

        assert answer.location == "/refresh-session?redirectBack=/dashboard"
        for name in ("sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf"):
            assert answer.clears(name), name
        assert answer.cookie("stRefreshEvidence").value.startswith("failed.")
        assert answer.headers["cache-control"] == "no-store"
        assert records.outcomes == [("verified", "token-valid"), ("unauthorised", "session-ended")]
        assert not [record for record in records.all if "secret" in f"{record.getMessage()}{vars(record)}"]

    def test_that_ends_the_session_clears_one_that_was_refreshed_too(self, browser, refreshed, make):
        answer = browser.open(make(UnauthorisedError("over")))

        for name in ("sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf"):
            assert answer.clears(name), name
        assert answer.cookie("stRefreshEvidence").value.startswith("failed.")
        assert answer.headers["front-token"] == "remove"

    def test_that_keeps_the_session_clears_nothing(self, browser, core, make):
        browser.holds(core.session())

        answer = browser.call(make(UnauthorisedError("not you", clear_tokens=False)), "/dashboard")

        assert (answer.status, answer.json()) == (401, {"message": "unauthorised"})
        assert not answer.cookies

    def test_that_asks_for_a_refresh_gets_one(self, browser, core, make):
        browser.holds(core.session())
        page = make(TryRefreshTokenError("a new payload"))

        assert browser.open(page).location == "/refresh-session?redirectBack=/dashboard"
        assert browser.call(page, "/dashboard").json() == {"message": "try refresh token"}

    def test_that_asks_for_a_refresh_keeps_the_new_token(self, browser, refreshed, make):
        answer = browser.call(make(TryRefreshTokenError("a new payload")), "/dashboard")

        assert answer.status == 401
        assert answer.sets("sAccessToken")

    def test_that_asks_for_a_refresh_again_and_again_is_a_loop(self, browser, core, make):
        browser.holds(core.session())
        page = make(TryRefreshTokenError("a new payload"))

        for _ in range(5):
            answer = browser.open(page)
            if answer.status != 302:
                break
            browser.open(handlers.auth, REFRESH)

        assert answer.status == 401
        assert "<h1>" in answer.body

    @pytest.mark.parametrize(
        ("error", "message"),
        [(UnauthorisedError("not you"), "unauthorised"), (TryRefreshTokenError("x"), "try refresh token")],
    )
    def test_is_answered_for_a_visitor_without_a_session_too(self, browser, error, message):
        @verify_session(session_required=False)
        def page(event, context, session):
            raise error

        # Led back without a session, the visitor would be here again.
        assert browser.open(page).location == "/refresh-session?redirectBack=/dashboard"
        assert browser.open(handlers.auth, REFRESH).location == "/auth?redirectBack=/dashboard"
        answer = browser.call(page, "/dashboard")
        assert (answer.status, answer.json()) == (401, {"message": message})

    def test_is_the_handlers_own_where_it_is_none_of_the_sdks(self, browser):
        @verify_session(session_required=False)
        def page(event, context, session):
            raise OwnError

        with pytest.raises(OwnError):
            browser.open(page)

    def test_is_answered_as_the_rules_say(self, browser, core):
        browser.holds(core.session())

        @verify_session(on_failure="status")
        def page(event, context, session):
            raise TryRefreshTokenError("x")

        assert browser.open(page).status == 401

    def test_may_be_of_a_claim(self, browser, core, records):
        browser.holds(core.session(role={"v": "guest", "t": 0}))

        @verify_session()
        async def page(event, context, session):
            await session.sdk().assert_claims([PRIVILEGE.validators.has_value("admin")])

        answer = browser.open(page)
        called = browser.call(page, "/dashboard")

        assert answer.status == 403
        assert "<h1>" in answer.body
        assert called.status == 403
        assert [error["id"] for error in called.json()["claimValidationErrors"]] == ["role"]
        assert records.outcomes[1::2] == [("invalid-claims", "claims-invalid")] * 2

    def test_may_be_of_a_claim_in_a_plain_handler(self, browser, core):
        browser.holds(core.session(role={"v": "guest", "t": 0}))

        @verify_session()
        def page(event, context, session):
            session.sdk().sync_assert_claims([PRIVILEGE.validators.has_value("admin")])

        assert browser.open(page).status == 403


class TestASessionThatTheHandlerChanges:
    @pytest.fixture(params=["sync", "async"])
    def revoking(self, request):
        if request.param == "sync":

            @verify_session()
            def page(event, context, session):
                session.sdk().sync_revoke_session()
                return {"statusCode": 200, "body": "bye"}

        else:

            @verify_session()
            async def page(event, context, session):
                await session.sdk().revoke_session()
                return {"statusCode": 200, "body": "bye"}

        return page

    def test_may_be_revoked(self, browser, core, revoking):
        issued = browser.holds(core.session())

        answer = browser.open(revoking)

        assert (answer.status, answer.body) == (200, "bye")
        for name in ("sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf", "stRefreshEvidence"):
            assert answer.clears(name), name
        assert answer.sets("st-last-access-token-update")
        assert answer.headers["front-token"] == "remove"
        assert answer.headers["cache-control"] == "no-store"
        assert not core.has(issued.handle)

    def test_may_be_revoked_right_after_a_refresh(self, browser, core, refreshed, revoking):
        assert browser.has("stRefreshEvidence")

        answer = browser.open(revoking)

        assert answer.clears("sAccessToken")
        assert browser.has("sAccessToken") is None
        assert browser.has("stRefreshEvidence") is None
        assert browser.open(revoking).status == 302

    @pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
    def test_may_be_written_to(self, browser, core, is_async):
        issued = browser.holds(core.session())

        @verify_session()
        def page(event, context, session):
            session.sdk().sync_merge_into_access_token_payload({"theme": "dark"})
            return {"statusCode": 200, "body": json.dumps(session.get_access_token_payload())}

        @verify_session()
        async def page_later(event, context, session):
            await session.sdk().merge_into_access_token_payload({"theme": "dark"})
            return {"statusCode": 200, "body": json.dumps(session.get_access_token_payload())}

        answer = browser.open(page_later if is_async else page)

        assert answer.json()["theme"] == "dark"
        assert answer.sets("sAccessToken")
        assert answer.cookie("sAccessToken").value != issued.access_token
        assert browser.open(returning({"statusCode": 200})).status == 200

    def test_may_be_gone_by_the_time_it_is_written_to(self, browser, core):
        core.post("/recipe/session/remove", sessionHandles=[browser.holds(core.session()).handle])

        @verify_session()
        async def page(event, context, session):
            await session.sdk().merge_into_access_token_payload({"theme": "dark"})

        answer = browser.open(page)

        assert answer.status == 302
        for name in ("sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf"):
            assert answer.clears(name), name


class TestAnAnswer:
    @pytest.mark.parametrize(
        "answer",
        [
            "<p>",
            "",
            {"a": 1},
            ["a"],
            None,
            3,
            {"statusCode": 204},
            {"statusCode": 200, "body": "x", "cookies": ["a=b"]},
        ],
    )
    def test_stays_as_it_is_where_the_session_adds_nothing(self, browser, core, answer):
        browser.holds(core.session())

        assert returning(answer)(browser.event("/"), None) is answer

    @pytest.mark.parametrize(("answer", "body"), [("<p>", "<p>"), ({"a": 1}, '{"a": 1}'), (["a"], '["a"]'), (3, "3")])
    def test_without_a_status_means_the_same_with_cookies(self, browser, refreshed, answer, body):
        found = browser.open(returning(answer))

        assert (found.status, found.body) == (200, body)
        assert found.headers["content-type"] == "application/json"
        assert found.headers["cache-control"] == "no-store"
        assert found.sets("sAccessToken")

    def test_of_a_page_without_a_session_stays_as_it_is(self, browser):
        answer = {"statusCode": 200}

        assert verify_session(session_required=False)(lambda *_: answer)(browser.event("/"), None) is answer


class TestAnEvent:
    @pytest.mark.parametrize("event", [{"source": "aws.events"}, {}, None, [], "ping"])
    def test_that_is_not_http_does_not_reach_the_handler(self, toolkit, records, event):
        answer = raising(OwnError())(event, None)

        assert answer["statusCode"] == 400
        assert records.outcomes == [("bad-request", "not-http")]

    @pytest.mark.parametrize(
        "changed",
        [{"requestContext": {}}, {"rawPath": 1}, {"headers": {"a": 1}}, {"headers": ["a"]}, {"cookies": "a=b"}],
    )
    def test_that_is_malformed_does_not_reach_the_handler(self, browser, records, changed):
        answer = raising(OwnError())(browser.event("/") | changed, None)

        assert answer["statusCode"] == 400
        assert "of the event" in json.loads(answer["body"])["message"]
        assert records.outcomes == [("bad-request", "event-malformed")]


class TestTheSettings:
    def test_are_asked_for_by_the_first_request(self, toolkit, browser):
        toolkit(WEBSITE_DOMAIN=None)
        page = returning(None)

        with pytest.raises(SettingsError, match="SUPERTOKENS_WEBSITE_DOMAIN is missing"):
            page(browser.event("/"), None)

    @pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency"])
    def test_are_asked_for_in_lambdas_init_phase(self, toolkit, monkeypatch, kind):
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
        toolkit(WEBSITE_DOMAIN=None)

        with pytest.raises(SettingsError, match="SUPERTOKENS_WEBSITE_DOMAIN is missing"):
            returning(None)

    def test_make_the_guard_in_lambdas_init_phase(self, toolkit, monkeypatch):
        toolkit().stop()
        returning(None)
        assert "guard" not in vars(current())

        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        returning(None)

        assert "guard" in vars(current())


SIBLING = {
    "origin": "https://blog.example.com",
    "sec-fetch-site": "same-site",
    "content-type": "application/x-www-form-urlencoded",
}


def test_a_form_of_a_sibling_subdomain_is_taken_by_default(browser, core):
    browser.holds(core.session())

    answer = browser.open(returning({"statusCode": 200, "body": "done"}), method="POST", body="a=b", headers=SIBLING)

    assert (answer.status, answer.body) == (200, "done")


@pytest.mark.parametrize("anti_csrf", ["VIA_CUSTOM_HEADER", "VIA_TOKEN"])
def test_a_form_of_a_sibling_subdomain_is_refused_where_forms_of_scripts_alone_are_taken(
    toolkit, browser, core, anti_csrf
):
    toolkit(ANTI_CSRF=anti_csrf)
    browser.holds(core.session(anti_csrf=True))

    answer = browser.open(returning({"statusCode": 200, "body": "done"}), method="POST", body="a=b", headers=SIBLING)

    assert (answer.status, answer.json()) == (401, {"message": "try refresh token"})
