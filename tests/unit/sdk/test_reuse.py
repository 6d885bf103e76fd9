import asyncio
import json
import math
import time
from types import SimpleNamespace
from typing import Any

import pytest
from supertokens_python.recipe.session.asyncio import refresh_session_without_request_response
from supertokens_python.recipe.session.exceptions import TokenTheftError
from supertokens_python.recipe.session.recipe import SessionRecipe

from supertokens_lambda import handlers, verify_session
from supertokens_lambda._deadline import begin_invocation
from supertokens_lambda._event_loop import run
from supertokens_lambda._guard.evidence import Evidence
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk import reuse
from supertokens_lambda._sdk.budget import budget

PATH = "/auth/session/refresh"
BACK = f"{PATH}?redirectBack=/dashboard"
HANGING = None
REUSED = [("refreshed", "refreshed"), ("refreshed", "reused")]
ON_ITS_OWN = [("refreshed", "refreshed")] * 2


@verify_session()
def page(event, context, session):
    return {"statusCode": 200, "body": session.get_user_id()}


def get(browser):
    return browser.open(handlers.auth, BACK)


def post(browser, **headers):
    anti_csrf = browser.has("sAntiCsrf")
    given = {"anti-csrf": anti_csrf} if anti_csrf else {}
    return browser.call(handlers.auth, PATH, {}, headers=given | headers)


WAYS = {"GET": get, "POST": post}


@pytest.fixture
def tabs(browser, new_browser, core):
    """Two tabs of a browser, each with the cookies of the moment before either refreshed."""
    other = new_browser()
    issued = browser.holds(core.expired_session())
    other.cookies = dict(browser.cookies)
    core.calls.clear()
    return SimpleNamespace(one=browser, other=other, issued=issued)


def tokens(browser):
    return browser.has("sAccessToken"), browser.has("sRefreshToken")


def front_token(answer):
    return answer.headers.get("front-token") or answer.cookie("sFrontToken").value.replace("%3D", "=")


def faults(records):
    return [record for record in records.all if record.name == "supertokens_lambda" and not hasattr(record, "verdict")]


def refresh(token, *, anti_csrf=None, disable=True):
    current().sdk.start()
    return refresh_session_without_request_response(token, disable, anti_csrf, {})


@pytest.fixture
def override(monkeypatch, toolkit):
    """Override the SDK's refresh as an application does."""

    def put(override):
        current().sdk.start()
        implementation: Any = SessionRecipe.get_instance().recipe_implementation
        original = implementation.refresh_session.refresh

        async def overridden(*arguments):
            return await override(original, *arguments)

        monkeypatch.setattr(implementation.refresh_session, "refresh", overridden)

    return put


class TestASecondRefresh:
    @pytest.mark.parametrize("first", WAYS)
    @pytest.mark.parametrize("second", WAYS)
    def test_gets_what_the_first_one_got(self, kept, tabs, core, records, first, second):
        one, other = WAYS[first](tabs.one), WAYS[second](tabs.other)

        assert tokens(tabs.one) == tokens(tabs.other)
        assert tabs.one.has("sAccessToken") != tabs.issued.access_token
        assert records.outcomes == REUSED
        assert core.asked("/recipe/session/refresh") == ["/recipe/session/refresh"]
        for answer, way in ((one, first), (other, second)):
            assert answer.status == (302 if way == "GET" else 200)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.cookie("sRefreshToken").attributes["path"] == PATH
        front_tokens = {
            answer.headers.get("front-token") or answer.cookie("sFrontToken").value for answer in (one, other)
        }
        assert len({token.replace("%3D", "=") for token in front_tokens}) == 1
        assert not faults(records)

    def test_is_served_with_the_other_one(self, kept, tabs):
        get(tabs.one)
        assert tabs.one.open(page).body == tabs.issued.user_id
        get(tabs.other)

        assert tabs.other.open(page).body == tabs.issued.user_id
        assert get(tabs.other).location == "/dashboard"
        assert get(tabs.one).location == "/dashboard"

    def test_leaves_evidence_of_the_same_token(self, kept, tabs):
        for tab, way in ((tabs.one, get), (tabs.other, post)):
            evidence = way(tab).cookie("stRefreshEvidence").value
            tab.cookies["stRefreshEvidence", "/"] = evidence
            read = Evidence.of(tab.request("/"))
            assert read is not None
            assert read.names(tab.has("sAccessToken").replace("%3D", "="))

    def test_with_headers_gets_them_too(self, kept, browser, core, records):
        issued = core.session()
        headers = {"authorization": f"Bearer {issued.refresh_token}", "st-auth-mode": "header"}

        answers = [browser.call(handlers.auth, PATH, {}, headers=headers) for _ in range(2)]

        assert {answer.status for answer in answers} == {200}
        for name in ("st-access-token", "st-refresh-token", "front-token"):
            assert answers[0].headers[name] == answers[1].headers[name]
        assert records.outcomes == REUSED

    def test_is_the_same_to_the_sdk(self, kept, core):
        token = core.session(role="admin").refresh_token

        first, second = run(refresh(token)), run(refresh(token))

        def seen(session):
            changing = {"recipe_implementation", "config", "response_mutators", "refresh_token", "recipe_user_id"}
            more = session.refresh_token.to_json(), session.recipe_user_id.get_as_string()
            return {name: value for name, value in vars(session).items() if name not in changing}, more

        assert seen(first) == seen(second)
        assert isinstance(second, reuse.ReusedSession)
        assert not isinstance(first, reuse.ReusedSession)
        assert second.get_access_token_payload()["role"] == "admin"
        run(second.merge_into_access_token_payload({"role": "none"}))
        assert second.get_access_token_payload()["role"] == "none"
        assert run(second.get_session_data_from_database()) == {}

    def test_of_another_session_has_nothing_to_do_with_it(self, kept, browser, new_browser, core, records):
        other = new_browser()
        browser.holds(core.session())
        other.holds(core.session())

        get(browser)
        get(other)

        assert tokens(browser) != tokens(other)
        assert records.outcomes == ON_ITS_OWN

    def test_with_the_new_token_is_the_cores(self, kept, tabs, records):
        get(tabs.one)
        get(tabs.one)

        assert records.outcomes == ON_ITS_OWN


class TestTheInterval:
    def test_over_the_core_decides(self, kept, tabs, core, store, records):
        get(tabs.one)
        assert tabs.one.open(page).status == 200
        store.pass_interval()

        assert get(tabs.other).location == "/auth?redirectBack=/dashboard"
        assert records.outcomes[-1] == ("token-theft", "token-theft")
        assert not core.has(tabs.issued.handle)
        assert not store.records()

    def test_within_it_each_time_a_copy_of_the_token_goes_unnoticed(self, kept, tabs, core, records):
        for _ in range(5):
            # Two hold one refresh token: each round the second follows the first before the interval is over.
            get(tabs.one)
            assert tabs.one.open(page).status == 200
            get(tabs.other)
            assert tabs.other.open(page).status == 200
            assert tokens(tabs.one)[1] == tokens(tabs.other)[1]

        assert "token-theft" not in [name for name, _ in records.outcomes]
        assert core.has(tabs.issued.handle)

    def test_over_a_copy_of_the_token_is_noticed_after_any_number_of_rounds(self, kept, tabs, core, store, records):
        for _ in range(3):
            get(tabs.one)
            get(tabs.other)
        get(tabs.one)
        assert tabs.one.open(page).status == 200
        store.pass_interval()
        get(tabs.other)

        assert records.outcomes[-1] == ("token-theft", "token-theft")
        assert not core.has(tabs.issued.handle)

    def test_over_a_second_refresh_gets_tokens_of_its_own(self, kept, tabs, store, records):
        get(tabs.one)
        store.pass_interval()
        get(tabs.other)

        assert tokens(tabs.one) != tokens(tabs.other)
        assert records.outcomes == ON_ITS_OWN

    def test_is_not_prolonged_by_who_writes_to_the_table(self, kept, tabs, core, store, records, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(current().clock, "time", lambda: time.time() - 12)
            get(tabs.one)
        assert tabs.one.open(page).status == 200
        store.change(expiration=int(time.time()) + 3600)

        assert get(tabs.other).location == "/auth?redirectBack=/dashboard"
        assert records.outcomes[-1] == ("token-theft", "token-theft")
        assert len(faults(records)) == 1

    @pytest.mark.parametrize("interval", ["5", "60"])
    def test_is_a_setting(self, toolkit, tabs, store, interval):
        toolkit(REFRESH_REUSE_INTERVAL=interval)
        get(tabs.one)

        (record,) = store.records()
        assert abs(record["expiration"] - time.time() - int(interval)) < 2

    def test_of_zero_leaves_it_to_the_core(self, toolkit, tabs, records, core):
        toolkit(REFRESH_REUSE_INTERVAL="0", REFRESH_TABLE="not-asked")

        get(tabs.one)
        post(tabs.other)

        assert tokens(tabs.one) != tokens(tabs.other)
        assert records.outcomes == ON_ITS_OWN
        assert core.asked("/refresh") == ["/recipe/session/refresh"] * 2
        current().sdk.start()
        assert not isinstance(SessionRecipe.get_instance().recipe_implementation.refresh_session, reuse.ReusingRefresh)


class TestTheRecord:
    def test_gives_nothing_away(self, kept, tabs, core, store):
        get(tabs.one)

        (record,) = store.records()
        shown = json.dumps(record)
        assert record["id"].startswith("refresh#")
        assert record["status"] == "COMPLETED"
        assert not [token for token in {*core.tokens, tabs.issued.handle, tabs.issued.user_id} if token in shown]

    @pytest.mark.parametrize(
        "changes",
        [
            {"data": '{"result": "AAAA"}'},
            {"data": '{"result": 1}'},
            {"data": '["result"]'},
            {"data": "nonsense"},
            {"data": None},
            {"status": "NONSENSE"},
            {"status": None},
            {"expiration": None},
        ],
        ids=str,
    )
    def test_that_is_malformed_is_the_cores_to_decide(self, table, tabs, store, records, changes):
        get(tabs.one)
        store.change(**changes)

        assert get(tabs.other).location == "/dashboard"
        assert records.outcomes == ON_ITS_OWN
        assert len(faults(records)) == 1

    def test_of_another_token_does_not_open(self, kept, tabs, new_browser, core, store, records):
        stranger = new_browser()
        stranger.holds(core.session())
        get(stranger)
        (theirs,) = store.records()
        get(tabs.one)
        store.change(data=theirs["data"])

        assert get(tabs.other).location == "/dashboard"
        assert stranger.has("sRefreshToken") != tabs.other.has("sRefreshToken")
        assert records.outcomes[-1] == ("refreshed", "refreshed")
        assert len(faults(records)) == 1

    @pytest.mark.parametrize("way", WAYS)
    def test_is_not_left_by_a_refresh_that_fails_for_now(self, kept, tabs, core, store, records, way):
        with core.failing((500, ""), at="/recipe"):
            assert WAYS[way](tabs.one).status == 503
        assert not store.records()

        WAYS[way](tabs.other)

        assert records.outcomes == [("refresh-unavailable", "core-unreachable"), ("refreshed", "refreshed")]

    @pytest.mark.parametrize("way", WAYS)
    def test_is_not_left_by_a_refresh_that_fails_for_good(self, kept, tabs, core, store, records, way):
        core.post("/recipe/session/remove", sessionHandles=[tabs.issued.handle])

        WAYS[way](tabs.one)

        assert records.outcomes == [("refresh-failed", "refresh-token-refused")]
        assert not store.records()


class TestTheAntiCsrfToken:
    @pytest.fixture
    def tabs(self, kept, toolkit, aws, browser, new_browser, core):
        table = {"REFRESH_TABLE": "refreshes"} if kept == "a table" else {}
        toolkit(ANTI_CSRF="VIA_TOKEN", **table)
        other = new_browser()
        issued = browser.holds(core.session(anti_csrf=True))
        other.cookies = dict(browser.cookies)
        return SimpleNamespace(one=browser, other=other, issued=issued)

    @pytest.mark.parametrize("first", WAYS)
    @pytest.mark.parametrize("second", WAYS)
    def test_comes_along(self, tabs, records, first, second):
        one, other = WAYS[first](tabs.one), WAYS[second](tabs.other)

        def anti_csrf(answer):
            return answer.headers.get("anti-csrf") or answer.cookie("sAntiCsrf").value

        assert tokens(tabs.one) == tokens(tabs.other)
        assert anti_csrf(one) == anti_csrf(other)
        assert anti_csrf(one) != tabs.issued.anti_csrf_token
        assert records.outcomes == REUSED

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("given", ["wrong", None], ids=["wrong", "missing"])
    def test_is_needed_for_a_second_refresh_as_for_a_first(self, tabs, core, records, way, given):
        get(tabs.one)
        del tabs.other.cookies["sAntiCsrf", "/"]
        if given:
            tabs.other.cookies["sAntiCsrf", "/"] = given

        answer = WAYS[way](tabs.other)

        assert answer.clears("sAccessToken")
        assert not tabs.other.has("sRefreshToken")
        assert records.outcomes == [("refreshed", "refreshed"), ("refresh-failed", "refresh-token-refused")]
        assert core.has(tabs.issued.handle)


class TestTheApplicationsOwnRefresh:
    @pytest.fixture(autouse=True)
    def by_sdk(self, toolkit):
        toolkit(VERIFY_WITH_SDK="true")

    def test_runs_once_and_what_it_makes_is_kept(self, tabs, override, records):
        calls = []

        async def noting(original, *arguments):
            session = await original(*arguments)
            calls.append(session.get_handle())
            await session.merge_into_access_token_payload({"seen": True})
            return session

        override(noting)
        get(tabs.one)
        get(tabs.other)

        assert calls == [tabs.issued.handle]
        assert tokens(tabs.one) == tokens(tabs.other)
        assert records.outcomes == REUSED

    @pytest.mark.parametrize("way", WAYS)
    def test_raises_what_it_raises(self, tabs, override, store, records, way):
        async def failing(original, *arguments):
            raise ZeroDivisionError

        override(failing)

        assert WAYS[way](tabs.one).status == 503
        assert records.outcomes == [("refresh-unavailable", "core-unreachable")]
        assert len([fault for fault in faults(records) if "ZeroDivisionError" in fault.getMessage()]) == 1
        assert not store.records()

    def test_that_makes_what_cannot_be_kept_is_not_kept(self, tabs, override, records):
        async def making(original, *arguments):
            session = await original(*arguments)
            session.user_data_in_access_token = {"not": {"JSON"}}
            return session

        override(making)

        assert get(tabs.one).location == "/dashboard"
        assert len(faults(records)) == 1


class TestARefreshInProgress:
    """Of the SDK's function, which runs beside others in one loop as in processes of their own."""

    @pytest.fixture
    def held(self, override):
        """Let the first refresh be in progress until it is released."""
        held = SimpleNamespace(begun=asyncio.Event(), release=asyncio.Event(), count=0, error=None)

        async def holding(original, *arguments):
            held.count += 1
            if held.count == 1:
                held.begun.set()
                await held.release.wait()
                if held.error:
                    raise held.error
            return await original(*arguments)

        override(holding)
        return held

    @pytest.mark.parametrize("others", [1, 7])
    def test_is_waited_for(self, kept, core, held, others):
        token = core.session().refresh_token

        async def race():
            first = asyncio.create_task(refresh(token))
            await held.begun.wait()
            waiting = [asyncio.create_task(refresh(token)) for _ in range(others)]
            done, _ = await asyncio.wait(waiting, timeout=0.1)
            assert not done
            held.release.set()
            return await asyncio.gather(first, *waiting)

        sessions = run(race())

        assert len({session.get_access_token() for session in sessions}) == 1
        assert held.count == 1
        assert core.asked("/recipe/session/refresh") == ["/recipe/session/refresh"]

    def test_that_fails_is_followed_by_the_next(self, kept, core, held):
        token = core.session().refresh_token
        held.error = ZeroDivisionError()

        async def race():
            first = asyncio.create_task(refresh(token))
            await held.begun.wait()
            others = [asyncio.create_task(refresh(token)) for _ in range(3)]
            held.release.set()
            return await asyncio.gather(first, *others, return_exceptions=True)

        error, *sessions = run(race())

        assert isinstance(error, ZeroDivisionError)
        assert len({session.get_access_token() for session in sessions}) == 1
        assert held.count == 2

    def test_whose_time_is_up_blocks_nobody(self, kept, core, held, store):
        token = core.session().refresh_token

        async def late():
            async with budget(0.3):
                await refresh(token)

        with pytest.raises(TimeoutError):
            run(late())
        (record,) = store.records()
        assert record["status"] == "INPROGRESS"
        # It is kept in whole milliseconds.
        assert int(record["in_progress_expiration"]) <= math.ceil(time.time() * 1000)

        assert run(refresh(token)).get_access_token()
        assert held.count == 2

    @pytest.mark.parametrize("way", WAYS)
    def test_that_does_not_end_rotates_nothing(self, kept, tabs, core, store, records, failing_soon, way):
        get(tabs.one)
        store.change(status="INPROGRESS", in_progress_expiration=int(time.time() + 60) * 1000)
        core.calls.clear()
        before = dict(tabs.other.cookies)

        with failing_soon((500, ""), at="/nothing"):
            answer = WAYS[way](tabs.other)

        assert answer.status == 503
        assert answer.headers["retry-after"] == "5"
        assert tabs.other.cookies == before
        assert not core.asked("/refresh")
        assert records.outcomes[-1] == ("refresh-unavailable", "core-unreachable")

    def test_that_fails_late_takes_nothing_of_the_next_one_back(self, kept, core, override, store, monkeypatch):
        monkeypatch.setattr(current().budgets, "page", 0.1)
        token = core.session().refresh_token
        begun: asyncio.Queue[asyncio.Event] = asyncio.Queue()

        async def holding(original, *arguments):
            release = asyncio.Event()
            await begun.put(release)
            await release.wait()
            raise ZeroDivisionError

        async def race():
            first = asyncio.create_task(refresh(token))
            release_first = await begun.get()
            second = asyncio.create_task(refresh(token))
            release_second = await begun.get()
            release_first.set()
            await asyncio.wait([first])
            left = store.records()
            release_second.set()
            await asyncio.gather(first, second, return_exceptions=True)
            return left

        override(holding)

        assert [record["status"] for record in run(race())] == ["INPROGRESS"]

    def test_ends_with_the_invocation(self, core, held):
        token = core.session().refresh_token

        async def late():
            begin_invocation(SimpleNamespace(get_remaining_time_in_millis=lambda: 800))
            async with budget(60):
                await refresh(token)

        with pytest.raises(TimeoutError):
            run(late())

        assert run(refresh(token)).get_access_token()
        assert held.count == 2


class TestAStoreThatFails:
    @pytest.mark.parametrize("way", WAYS)
    def test_by_a_table_that_is_not_there(self, use_table, tabs, records, way):
        use_table("not-there")

        self.assert_unprotected(tabs, records, way)

    @pytest.mark.parametrize("way", WAYS)
    def test_by_a_port_with_nothing_on_it(self, use_table, dead_port, monkeypatch, tabs, records, way):
        monkeypatch.setenv("AWS_ENDPOINT_URL", dead_port.uri)
        use_table()

        self.assert_unprotected(tabs, records, way)

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(
        "answer",
        [
            (400, "ProvisionedThroughputExceededException"),
            (400, "ThrottlingException"),
            (400, "AccessDeniedException"),
            (500, "InternalServerError"),
            (502, "nonsense"),
        ],
        ids=lambda answer: answer[1],
    )
    def test_by_its_answer(self, faulty, use_table, tabs, records, way, answer):
        faulty.answers["PutItem"] = answer
        use_table()

        self.assert_unprotected(tabs, records, way)
        assert {*faulty.asked} == {"PutItem"}

    @pytest.mark.parametrize("way", WAYS)
    def test_by_no_answer(self, faulty, use_table, tabs, records, way, monkeypatch):
        use_table()
        monkeypatch.setattr(current().budgets, "store", 0.2)

        self.assert_unprotected(tabs, records, way)
        assert {fault.getMessage().partition(" ")[0] for fault in faults(records)} == {
            "supertokens_lambda._connections.budget.UnreachableError"
        }

    @pytest.mark.parametrize("way", WAYS)
    def test_by_an_environment_that_is_not_complete(self, aws, toolkit, tabs, records, way, monkeypatch):
        monkeypatch.delenv("AWS_REGION")
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        toolkit(REFRESH_TABLE="refreshes")

        WAYS[way](tabs.one)
        WAYS[way](tabs.other)

        assert records.outcomes == ON_ITS_OWN
        assert [fault.getMessage().partition(" ")[0] for fault in faults(records)] == [
            "supertokens_lambda._aws.client.AwsError"
        ] * 2

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("answer", [(400, "AccessDeniedException"), HANGING], ids=["refuses", "hangs"])
    def test_when_the_core_has_rotated_loses_no_token(self, faulty, use_table, tabs, records, way, answer):
        faulty.answers["PutItem"] = (200, None)
        if answer is not HANGING:
            faulty.answers["UpdateItem"] = answer
        use_table()

        WAYS[way](tabs.one)

        assert tabs.one.has("sAccessToken") != tabs.issued.access_token
        assert records.outcomes == [("refreshed", "refreshed")]
        assert len(faults(records)) == 1
        # A write that hangs has a second attempt, on a new connection.
        assert faulty.asked == ["PutItem", *["UpdateItem"] * (2 if answer is HANGING else 1)]
        assert tabs.one.open(page).status == 200

    @pytest.mark.parametrize("way", WAYS)
    def test_as_the_budget_ends_loses_no_token_either(self, faulty, use_table, tabs, records, failing_soon, way):
        faulty.answers["PutItem"] = (200, None)
        use_table()
        current().sdk.start()
        current().refresh.prepare()

        with failing_soon((500, ""), at="/nothing"):
            WAYS[way](tabs.one)

        assert records.outcomes == [("refreshed", "refreshed")]
        assert [fault.getMessage().partition(" ")[0] for fault in faults(records)] == [
            "supertokens_lambda._connections.budget.UnreachableError"
        ]
        assert tabs.one.open(page).status == 200

    @pytest.mark.parametrize("way", WAYS)
    def test_to_take_back_a_refresh_that_failed_hides_no_error(self, faulty, use_table, tabs, core, records, way):
        faulty.answers |= {"PutItem": (200, None), "DeleteItem": (400, "AccessDeniedException")}
        use_table()
        core.post("/recipe/session/remove", sessionHandles=[tabs.issued.handle])

        assert WAYS[way](tabs.one).clears("sAccessToken")
        assert records.outcomes == [("refresh-failed", "refresh-token-refused")]
        assert len(faults(records)) == 1
        assert faulty.asked == ["PutItem", "DeleteItem"]

    def assert_unprotected(self, tabs, records, way):
        WAYS[way](tabs.one)
        WAYS[way](tabs.other)

        assert tokens(tabs.one) != tokens(tabs.other)
        assert tabs.issued.access_token not in (tabs.one.has("sAccessToken"), tabs.other.has("sAccessToken"))
        assert records.outcomes == ON_ITS_OWN
        assert len(faults(records)) == 2
        assert {fault.levelname for fault in faults(records)} == {"WARNING"}


class TestThePostInTheLog:
    def test_of_a_token_that_is_missing(self, browser, core, records):
        post(browser)

        assert records.outcomes == [("refresh-failed", "refresh-token-missing")]

    def test_of_a_theft(self, tabs, core, store, records):
        post(tabs.one)
        assert tabs.one.open(page).status == 200
        store.pass_interval()
        records.all.clear()

        assert post(tabs.other).status == 401

        (record,) = [record for record in records.all if hasattr(record, "verdict")]
        assert (record.verdict, record.user_id, record.session_handle) == (
            "token-theft",
            tabs.issued.user_id,
            tabs.issued.handle,
        )

    def test_of_no_other_call(self, browser, core, records):
        browser.holds(core.session())

        browser.call(handlers.auth, "/auth/signout", {})
        browser.call(handlers.auth, "/auth/signout", {})

        assert not records.outcomes


def test_theft_is_what_the_core_says_to_the_sdk_too(kept, core, store):
    issued = core.session()
    child = run(refresh(issued.refresh_token))
    core.post(
        "/recipe/session/refresh",
        refreshToken=child.refresh_token.token,
        enableAntiCsrf=False,
        useDynamicSigningKey=True,
    )
    store.pass_interval()

    with pytest.raises(TokenTheftError):
        run(refresh(issued.refresh_token))
