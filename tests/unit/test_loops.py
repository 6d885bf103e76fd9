"""No fault of a configuration sends a browser round in circles, at any event source; nothing else is taken for one."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.alarm import Alarm
from tests.support.constants import PASSWORD, Handler
from tests.support.cookie_jar import Jar
from tests.support.core import Core
from tests.support.event_sources import EVENT_SOURCES, REFRESHING
from tests.support.website import REDIRECTS, Ask, Hop, Visitor, website_of

from supertokens_lambda import verify_session
from supertokens_lambda._guard.loop import LoopReason
from supertokens_lambda._verification.access_token import AccessToken
from supertokens_lambda._verification.verdict import Reason

# Thousands of visits to the same few lines, which tests of their own cover: a tracer would take most of the time.
pytestmark = pytest.mark.no_cover

EMAIL = "visitor@example.com"
FEW = 9  # hops: the page, four to a refresh and back between two hosts, and the way through the sign-in page

TWO_HOSTS = {"API_DOMAIN": "https://api.example.com", "WEBSITE_DOMAIN": "https://www.example.com"}
WEBSITE = TWO_HOSTS["WEBSITE_DOMAIN"]


def everything(_name: str) -> bool:
    return True


def access_token(name: str) -> bool:
    return name == "sAccessToken"


@verify_session()
def guarded(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "of no use without a session"}


@verify_session(check_database=True)
def checked(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "dashboard"}


@verify_session(anti_csrf_check=True)
def checking(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "never by a navigation"}


@dataclass(frozen=True)
class Fault:
    """What is wrong about a deployment, or a browser.

    Attributes
    ----------
    reason
        Of the page that ends the loop; None where every way ends elsewhere.
    told
        The visitor who sees that page.
    settings, page
        Of all functions, and of the guarded pages alone.
    payload
        More of the access token's payload.
    """

    reason: LoopReason | Reason | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, Handler] = field(default_factory=dict)
    payload: Mapping[str, str] = field(default_factory=dict)
    ahead: float = 0.0
    blocks: Callable[[str], bool] = lambda _name: False
    keeps: Callable[[str], bool] = lambda _name: False
    embedded: bool = False
    pinned: tuple[str, ...] = ()
    origin: str = "https://localhost"
    pins_old_token: bool = False
    told: str = "expired"


FAULTS = {
    "cookies blocked": Fault(blocks=everything),
    "session cookie blocked": Fault(LoopReason.TOKEN_NOT_SENT_BACK, blocks=access_token),
    "session cookie blocked in a frame": Fault(
        LoopReason.TOKEN_NOT_SENT_BACK,
        settings=TWO_HOSTS | {"COOKIE_DOMAIN": ".example.com", "COOKIE_SAME_SITE": "none"},
        origin=WEBSITE,
        embedded=True,
        blocks=access_token,
    ),
    "SameSite in a frame": Fault(embedded=True),
    "cookie domain of another site": Fault(
        LoopReason.COOKIE_DOMAIN_MISMATCH, settings={"COOKIE_DOMAIN": ".example.org"}
    ),
    "http": Fault(origin="http://localhost"),
    "http at the website, https at the API": Fault(
        LoopReason.COOKIE_NEEDS_HTTPS,
        settings=TWO_HOSTS | {"WEBSITE_DOMAIN": "http://www.example.com", "COOKIE_DOMAIN": ".example.com"},
        origin="http://www.example.com",
    ),
    "two hosts and no cookie domain": Fault(LoopReason.COOKIE_DOMAIN_MISSING, settings=TWO_HOSTS, origin=WEBSITE),
    "two hosts and a cookie domain of one": Fault(
        LoopReason.COOKIE_DOMAIN_MISMATCH, settings=TWO_HOSTS | {"COOKIE_DOMAIN": "api.example.com"}, origin=WEBSITE
    ),
    "two hosts and the session cookie blocked": Fault(
        LoopReason.TOKEN_NOT_SENT_BACK,
        settings=TWO_HOSTS | {"COOKIE_DOMAIN": ".example.com"},
        origin=WEBSITE,
        blocks=access_token,
    ),
    "two hosts and cookies blocked": Fault(settings=TWO_HOSTS, origin=WEBSITE, blocks=everything),
    "access token larger than browsers keep": Fault(LoopReason.COOKIE_TOO_LARGE, payload={"blob": "x" * 4096}),
    "access token larger than browsers keep, between two hosts": Fault(
        LoopReason.COOKIE_TOO_LARGE,
        payload={"blob": "x" * 4096},
        settings=TWO_HOSTS | {"COOKIE_DOMAIN": ".example.com"},
        origin=WEBSITE,
    ),
    "key set of another core": Fault(LoopReason.KEY_SET_MISMATCH, page={"CONNECTION_URI": "other core"}),
    "key set in a file of another core": Fault(LoopReason.KEY_SET_MISMATCH, page={"JWKS_FILE": "foreign keys"}),
    "another core, with this one's keys": Fault(
        page={"CONNECTION_URI": "other core", "JWKS_FILE": "own keys"}, reason=LoopReason.WRONG_CORE
    ),
    "another core, and cookies that are never cleared": Fault(
        page={"CONNECTION_URI": "other core", "JWKS_FILE": "own keys"}, reason=LoopReason.WRONG_CORE, keeps=everything
    ),
    "sessions that are over, and cookies that are never cleared": Fault(keeps=everything),
    "clock an hour ahead": Fault(LoopReason.CLOCK_SKEW, ahead=3700.0),
    "clock an hour behind": Fault(LoopReason.CLOCK_SKEW, ahead=-3600.0),
    "clock a day ahead": Fault(LoopReason.CLOCK_SKEW, ahead=86_400.0),
    "kind of key": Fault(Reason.KEY_KIND_MISMATCH, page={"USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY": "false"}),
    "header that no navigation has": Fault(
        Reason.ANTI_CSRF_FAILED, settings={"ANTI_CSRF": "VIA_CUSTOM_HEADER"}, pages={"/dashboard": checking}
    ),
    "cookie of long ago that stays": Fault(Reason.LEGACY_SESSION, pinned=("sIdRefreshToken=x",)),
    "token of long ago that stays": Fault(Reason.DUPLICATE_COOKIES, pins_old_token=True),
    "refresh page guarded": Fault(LoopReason.REFRESH_PAGE_GUARDED, pages={"/refresh-session": guarded}),
    "sign-in page guarded": Fault(LoopReason.SIGN_IN_PAGE_GUARDED, pages={"/auth": guarded}, told="new"),
}


@pytest.fixture(scope="session")
def other_core(few_authorities) -> Iterator[Core]:
    with Core().running() as core:
        yield core


@pytest.fixture
def known(core):
    """Have an account, whose password is that of all tests."""
    core.http.post("/recipe/signup", json={"email": EMAIL, "password": PASSWORD})


@pytest.fixture(scope="module")
def foreign_key():
    return generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers()


@pytest.fixture
def key_files(core, foreign_key, tmp_path):
    """Give the core's key set in a file, and one whose keys have the same names and are others."""
    key_set = core.http.get("/.well-known/jwks.json").json()
    n = urlsafe_b64encode(foreign_key.n.to_bytes(256, "big")).decode().rstrip("=")
    (tmp_path / "own.json").write_text(json.dumps(key_set))
    (tmp_path / "foreign.json").write_text(json.dumps({"keys": [key | {"n": n} for key in key_set["keys"]]}))
    return {"own keys": str(tmp_path / "own.json"), "foreign keys": str(tmp_path / "foreign.json")}


@pytest.fixture
def visitor_of(toolkit, core, known, key_files, other_core, seen_tokens):
    """Make a visitor of a website that has a fault."""
    opened = []

    def make(event_source: str, fault: Fault = Fault()) -> Visitor:
        toolkit(
            **fault.settings,
            **({"API_GATEWAY_PATH": EVENT_SOURCES[event_source].prefix} if EVENT_SOURCES[event_source].prefix else {}),
        )
        named = key_files | {"other core": other_core.uri}
        page = {name: named.get(value, value) for name, value in fault.page.items()}
        manager = website_of(event_source, core, page=page, ahead=fault.ahead, origin=fault.origin, pages=fault.pages)
        opened.append(manager)
        jar = Jar(blocks=fault.blocks, keeps=fault.keeps, embedded=fault.embedded)
        visitor = Visitor(manager.__enter__(), jar, seen_tokens)
        visitor.pinned.extend(fault.pinned)
        if fault.pins_old_token:
            visitor.pinned.append(f"sAccessToken={core.expired_session().access_token}")
        return visitor

    yield make
    for manager in opened:
        manager.__exit__(None, None, None)


def come_back(visitor: Visitor, core: Core, fault: Fault, *, with_access_token: bool = True) -> None:
    """Hold a session of an hour ago, from before the fault."""
    issued = core.expired_session(**fault.payload)
    website = visitor.website
    api = fault.settings.get("API_DOMAIN", fault.origin)
    if with_access_token:
        visitor.holds("sAccessToken", issued.access_token, website.origin)
    path = f"{website.prefix}/auth/session/refresh"
    visitor.holds("sRefreshToken", issued.refresh_token.replace("=", "%3D").replace("+", "%2B"), api, path)


def sign_in(visitor: Visitor) -> list[Hop]:
    form = visitor.open("/auth?redirectBack=/dashboard&signIn=again")[-1]
    return visitor.submit(form, email=EMAIL, password=PASSWORD) if "<form" in form.answer.body else [form]


def assert_ended(hops: list[Hop]) -> None:
    way = [f"{hop.answer.status} {hop.url}" for hop in hops]
    assert hops[-1].answer.status not in REDIRECTS, way
    assert hops[-1].answer.status in (200, 401), way
    assert len(hops) <= FEW, way


@pytest.mark.parametrize("state", ["expired", "without the access token", "new"])
@pytest.mark.parametrize("event_source", EVENT_SOURCES)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_fault_makes_a_loop(visitor_of, core, records, tally, fault, event_source, state):
    visitor = visitor_of(event_source, fault)
    if state != "new":
        come_back(visitor, core, fault, with_access_token=state == "expired")
    ways = [visitor.open(path) for path in ("/dashboard?tab=a%20b", "/", "/auth")]
    if not fault.settings.get("WEBSITE_DOMAIN"):
        # Between two hosts it is the API that signs in, by a script.
        ways += [sign_in(visitor), visitor.open("/dashboard"), visitor.open("/")]
    if state != "new":
        come_back(visitor, core, fault)
        ways.append(visitor.open("/dashboard"))

    for way in ways:
        assert_ended(way)
        tally("loop breaker: ways through a faulty deployment")
        tally("loop breaker: loops", int(way[-1].answer.status in REDIRECTS))
    if fault.reason and state == fault.told and (state == "new" or not EVENT_SOURCES[event_source].one_cookie):
        assert ("looping", fault.reason) in records.outcomes
    if fault.reason is None:
        assert {reason for name, reason in records.outcomes if name == "looping"} <= {
            LoopReason.TOKEN_NOT_SENT_BACK,
            LoopReason.COOKIE_NEEDS_HTTPS,
        }


@pytest.mark.parametrize("event_source", REFRESHING)
def test_without_a_fault_there_is_none(visitor_of, core, records, event_source):
    visitor = visitor_of(event_source)
    come_back(visitor, core, Fault())

    ways = [visitor.open("/dashboard?tab=a%20b"), visitor.open("/"), sign_in(visitor), visitor.open("/dashboard")]

    assert [[hop.answer.status for hop in way] for way in ways] == [[302, 302, 302, 200], [200], [303, 303, 200], [200]]
    assert ways[0][-1].url == visitor.website.url("/dashboard?tab=a%20b")
    assert "looping" not in [name for name, _ in records.outcomes]


class TestBetweenTwoHosts:
    FAULT = Fault(settings=TWO_HOSTS | {"COOKIE_DOMAIN": ".example.com"}, origin=WEBSITE)

    @pytest.mark.parametrize("event_source", REFRESHING)
    def test_the_way_back_is_by_the_websites_refresh_path(self, visitor_of, core, event_source):
        visitor = visitor_of(event_source, self.FAULT)
        come_back(visitor, core, self.FAULT)
        # Without the old token, which is of the website's host alone and so would stay beside the new one.
        visitor.jar.cookies = [kept for kept in visitor.jar.cookies if kept.name == "sRefreshToken"]

        way = visitor.open("/dashboard?tab=a%20b&c=%2520")

        assert [hop.answer.status for hop in way] == [302, 302, 302, 302, 200]
        assert [hop.path.removeprefix(visitor.website.prefix) for hop in way][2:4] == [
            "/auth/session/refresh",
            "/refresh-session",
        ]
        assert way[-1].url == visitor.website.url("/dashboard?tab=a%20b&c=%2520")
        assert way[-1].answer.clears("stRefreshEvidence")

    @pytest.mark.parametrize("event_source", EVENT_SOURCES)
    def test_a_session_that_is_over_ends_at_the_sign_in_page(self, visitor_of, core, event_source):
        visitor = visitor_of(event_source, self.FAULT)
        visitor.holds("sAccessToken", core.expired_session().access_token, WEBSITE)

        way = visitor.open("/dashboard?tab=a%20b")

        # The old token is of the website's host alone, and nothing of the API's clears it.
        assert "<form" in way[-1].answer.body
        assert way[-1].path == f"{visitor.website.prefix}/auth"
        assert "redirectBack=" in way[-1].url
        assert_ended(way)

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "x",
            "refreshed.1",
            f"refreshed.1.{'a' * 32}%0d%0aset-cookie:x=y",
            f"refreshed.1.{'a' * 32};%20Path=/x",
            f"refreshed.1.{'a' * 32}%20",
        ],
    )
    def test_what_is_no_evidence_is_left_nowhere(self, visitor_of, value):
        visitor = visitor_of("http_api", self.FAULT)
        ask = Ask(visitor.website.url(f"/refresh-session?redirectBack=/dashboard&stRefreshEvidence={value}"))

        answer = visitor.website.serve(ask, [])

        assert answer.location == "https://api.example.com/auth/session/refresh?redirectBack=/dashboard"
        assert not answer.cookies

    @pytest.mark.parametrize("outcome", ["refreshed", "failed"])
    def test_a_made_up_link_ends_no_session_and_hides_no_page(self, visitor_of, core, outcome):
        visitor = visitor_of("http_api", self.FAULT)
        visitor.holds("sAccessToken", core.session().access_token, WEBSITE)
        before = list(visitor.jar.cookies)
        text = f"{outcome}.{int(time.time())}.{'a' * 32}"

        way = visitor.open(f"/refresh-session?redirectBack=/dashboard&stRefreshEvidence={text}")

        assert [hop.answer.status for hop in way] == [302, 200]
        assert [cookie.name for cookie in way[0].answer.cookies] == ["stRefreshEvidence"]
        assert "domain" not in way[0].answer.cookies[0].attributes
        assert visitor.jar.cookies == before

    def test_a_made_up_link_shows_an_anonymous_visitor_a_page_for_a_while(self, visitor_of):
        visitor = visitor_of("http_api", self.FAULT)
        text = f"refreshed.{int(time.time())}.{'a' * 32}"

        page = visitor.open(f"/refresh-session?redirectBack=/dashboard&stRefreshEvidence={text}")[-1]

        assert page.answer.status == 401
        assert "<form" in visitor.click(page, "Sign in again")[-1].answer.body
        visitor.jar.passed += 11
        assert visitor.open("/dashboard")[-1].path == "/auth"

    def test_a_made_up_link_leads_to_no_other_site(self, visitor_of):
        visitor = visitor_of("http_api", self.FAULT)
        text = f"refreshed.{int(time.time())}.{'a' * 32}"

        for target in ("//evil.example", "https://evil.example", "/refresh-session", "/%5Cevil.example"):
            ask = Ask(visitor.website.url(f"/refresh-session?redirectBack={target}&stRefreshEvidence={text}"))
            assert visitor.website.serve(ask, []).location == "/"

    def test_a_picture_leaves_none(self, visitor_of):
        visitor = visitor_of("http_api", self.FAULT)
        url = visitor.website.url(f"/refresh-session?stRefreshEvidence=refreshed.1.{'a' * 32}")
        ask = Ask(url, headers={"sec-fetch-dest": "image"})

        assert not visitor.website.serve(ask, []).cookies


def test_with_one_host_the_query_leaves_no_evidence(visitor_of):
    visitor = visitor_of("http_api")
    ask = Ask(visitor.website.url(f"/refresh-session?stRefreshEvidence=refreshed.1.{'a' * 32}"))

    assert not visitor.website.serve(ask, []).cookies


class TestBlockedCookies:
    @pytest.mark.parametrize("event_source", EVENT_SOURCES)
    def test_are_told_by_the_sign_in_page(self, visitor_of, records, event_source):
        visitor = visitor_of(event_source, FAULTS["cookies blocked"])

        way = sign_in(visitor)

        assert [hop.answer.status for hop in way] == [303, 200]
        assert "allow cookies for this site" in way[-1].answer.body
        assert "redirectBack=/dashboard" in way[-1].answer.body.partition('action="')[2].partition('"')[0]
        assert records.outcomes[-1] == ("looping", "token-not-sent-back")

    def test_that_are_allowed_then_lead_on(self, visitor_of):
        visitor = visitor_of("http_api", FAULTS["cookies blocked"])
        page = sign_in(visitor)[-1]
        visitor.jar.blocks = lambda _name: False

        way = visitor.submit(page, email=EMAIL, password=PASSWORD)

        assert [hop.answer.status for hop in way] == [303, 303, 200]
        assert way[-1].answer.body == "dashboard"


class TestNoFalseAlarm:
    @pytest.fixture(autouse=True)
    def no_alarm(self, records):
        yield
        assert [reason for name, reason in records.outcomes if name == "looping"] == []

    @pytest.fixture
    def returning(self, visitor_of, core):
        visitor = visitor_of("http_api")
        come_back(visitor, core, Fault())
        return visitor

    @pytest.mark.parametrize("opened", [0, 1], ids=["after the refresh", "after the page"])
    def test_is_given_of_a_session_that_is_revoked(self, visitor_of, core, opened):
        visitor = visitor_of("http_api", Fault(pages={"/dashboard": checked}))
        come_back(visitor, core, Fault())
        refresh = Ask(visitor.website.url("/auth/session/refresh?redirectBack=/dashboard"))
        visitor.take(refresh, visitor.website.serve(refresh, visitor.cookies(refresh)))
        for _ in range(opened):
            assert visitor.open("/dashboard")[-1].answer.body == "dashboard"
        token = AccessToken(visitor.jar.value("sAccessToken") or "")
        core.post("/recipe/session/remove", sessionHandles=[token.claims["sessionHandle"]])

        way = visitor.open("/dashboard")

        assert_ended(way)
        assert "<form" in way[-1].answer.body
        assert visitor.jar.value("sAccessToken") is None
        assert sign_in(visitor)[-1].answer.body == "dashboard"

    def test_is_given_after_a_sign_out(self, returning):
        assert returning.open("/dashboard")[-1].answer.body == "dashboard"
        returning.follow(Ask(returning.website.url("/auth/sign-out"), "POST", {}))

        way = returning.open("/dashboard")

        assert "<form" in way[-1].answer.body
        assert_ended(way)

    def test_is_given_of_another_page_after_the_refresh(self, returning):
        way = returning.open("/dashboard")
        refresh = Ask(way[2].url)
        returning.take(refresh, returning.website.serve(refresh, returning.cookies(refresh)))

        assert returning.open("/")[-1].answer.body == "welcome back"
        assert returning.jar.value("stRefreshEvidence") is None

    @pytest.mark.parametrize("ahead", [59.0, -59.0])
    def test_is_given_of_a_clock_within_the_allowed_skew(self, visitor_of, core, ahead):
        visitor = visitor_of("http_api", Fault(ahead=ahead))
        come_back(visitor, core, Fault())

        assert visitor.open("/dashboard")[-1].answer.body == "dashboard"


def test_a_sign_in_after_the_page_that_ends_a_loop_leads_on(visitor_of, core, records):
    fault = FAULTS["session cookie blocked"]
    visitor = visitor_of("http_api", fault)
    come_back(visitor, core, fault)
    page = visitor.open("/dashboard")[-1]
    assert page.answer.status == 401
    visitor.jar.blocks = lambda _name: False
    records.all.clear()

    form = visitor.click(page, "Sign in again")[-1]
    way = visitor.submit(form, email=EMAIL, password=PASSWORD)

    assert way[-1].answer.body == "dashboard"
    assert "looping" not in [name for name, _ in records.outcomes]


@pytest.fixture
def moved_on(monkeypatch) -> Callable[[Visitor, float], None]:
    """Let seconds pass, for every server and the browser."""
    real, passed = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + passed[0])

    def move_on(visitor: Visitor, seconds: float) -> None:
        passed[0] += seconds
        visitor.jar.passed += seconds

    return move_on


@pytest.fixture(scope="session")
def brief_core(few_authorities) -> Iterator[Core]:
    with Core(access_token_validity=2).running() as core:
        yield core


@pytest.mark.parametrize("event_source", REFRESHING)
@pytest.mark.parametrize("after", [0.0, 1.0, 1.5, 2.0, 2.5, 5.0, 9.0])
def test_a_token_that_lives_two_seconds_is_refreshed_as_often_as_needed(
    toolkit, seen_tokens, brief_core, moved_on, records, event_source, after
):
    toolkit(CONNECTION_URI=brief_core.uri, API_GATEWAY_PATH=EVENT_SOURCES[event_source].prefix or None)
    brief_core.tokens = seen_tokens
    with website_of(event_source, brief_core) as website:
        visitor = Visitor(website, Jar(), seen_tokens)
        come_back(visitor, brief_core, Fault())
        for _ in range(3):
            # The new token's first page may come at once, or after it has expired.
            refresh = Ask(website.url(f"/auth/session/refresh?redirectBack={website.prefix}/dashboard"))
            visitor.take(refresh, website.serve(refresh, visitor.cookies(refresh)))
            moved_on(visitor, after)

            assert visitor.open("/dashboard")[-1].answer.body == "dashboard"

    assert "looping" not in [name for name, _ in records.outcomes]


class Tab:
    """A tab that is on its way to a page: what it asks next, what was sent, what was answered."""

    def __init__(self, visitor: Visitor, path: str) -> None:
        self.visitor = visitor
        self.ask = Ask(visitor.website.url(path))
        self.hops: list[Hop] = []
        self._sent: list[str] | None = None
        self._answer: Any = None

    @property
    def is_done(self) -> bool:
        return bool(self.hops) and self.hops[-1].answer.status not in REDIRECTS

    def step(self) -> None:
        """Send a request with the cookies of this moment, have it served, or take what was answered."""
        if self._sent is None:
            self._sent = self.visitor.cookies(self.ask)
        elif self._answer is None:
            self._answer = self.visitor.website.serve(self.ask, self._sent)
        else:
            hop = self.visitor.take(self.ask, self._answer)
            self.hops.append(hop)
            self._sent = self._answer = None
            if not self.is_done:
                self.ask = Ask(self.visitor.website.origin + hop.answer.location)


TABS = 10


@pytest.mark.parametrize("event_source", EVENT_SOURCES)
def test_ten_tabs_at_once_give_no_alarm(visitor_of, core, records, tally, event_source):
    visitor = visitor_of(event_source)

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.integers(1, 30))
    def play(random, patience):
        records.all.clear()
        visitor.jar.cookies.clear()
        come_back(visitor, core, Fault())
        tabs = [Tab(visitor, f"/dashboard?tab={number}" if number % 3 else "/") for number in range(TABS)]
        steps = 0
        while waiting := [tab for tab in tabs if not tab.is_done]:
            # Now and then one tab gets ahead of all others.
            tab = random.choice(waiting)
            for _ in range(random.randint(1, patience)):
                if not tab.is_done:
                    tab.step()
            steps += 1
            assert steps < 2000
        for tab in tabs:
            assert_ended(tab.hops)
            assert tab.hops[-1].answer.status == 200
        assert [reason for name, reason in records.outcomes if name == "looping"] == []
        tally("loop breaker: tabs of ten that were opened at once", TABS)

    play()


def made_up(visitor, path):
    """Ask for a page with evidence that nobody has set."""
    visitor.pinned[:] = [f"stRefreshEvidence=refreshed.{int(time.time())}.{'a' * 32}"]
    visitor.open(path)
    visitor.pinned.clear()


class TestTheAlarm:
    @pytest.fixture
    def alarm(self):
        return Alarm()

    @pytest.mark.parametrize("sent", ["sign-in", "evidence"])
    @pytest.mark.parametrize(("times", "others"), [(1, 0), (100, 0), (1, 3), (1, 8), (3, 8)])
    def test_is_not_rung_by_what_anybody_can_send(self, visitor_of, core, records, alarm, sent, times, others):
        visitor = visitor_of("http_api")
        for _ in range(others):
            # Others come back meanwhile: their sessions are renewed.
            visitor.jar.cookies.clear()
            come_back(visitor, core, Fault())
            assert visitor.open("/dashboard")[-1].answer.body == "dashboard"
        visitor.jar.cookies.clear()
        for _ in range(times):
            if sent == "sign-in":
                visitor.open("/auth?signIn=done")
            else:
                made_up(visitor, "/dashboard")

        assert [name for name, _ in records.outcomes].count("looping") == times
        assert not alarm.rings(records.outcomes)

    @pytest.mark.parametrize("name", ["session cookie blocked", "key set of another core", "clock a day ahead"])
    def test_is_rung_by_a_fault_of_the_deployment(self, visitor_of, core, records, alarm, name):
        fault = FAULTS[name]
        visitor = visitor_of("http_api", fault)
        for _ in range(3):
            visitor.jar.cookies.clear()
            come_back(visitor, core, fault)
            assert visitor.open("/dashboard")[-1].answer.status == 401

        assert alarm.rings(records.outcomes)

    def test_is_rung_by_sign_ins_that_do_not_hold(self, visitor_of, records, alarm):
        visitor = visitor_of("http_api", FAULTS["cookies blocked"])
        for _ in range(3):
            sign_in(visitor)

        assert "refreshed" not in [name for name, _ in records.outcomes]
        assert alarm.rings(records.outcomes)

    @pytest.mark.parametrize("name", ["refresh page guarded", "sign-in page guarded"])
    def test_is_rung_by_a_page_that_is_guarded_by_mistake(self, visitor_of, core, records, alarm, name):
        visitor = visitor_of("http_api", FAULTS[name])
        for _ in range(3):
            visitor.open("/dashboard" if name.startswith("refresh") else "/auth")

        assert alarm.rings(records.outcomes)

    def test_is_not_rung_by_a_browser_that_refuses_cookies_among_others(self, visitor_of, core, records, alarm):
        visitor = visitor_of("http_api")
        for _ in range(8):
            come_back(visitor, core, Fault())
            visitor.open("/dashboard")
        refusing = visitor_of("http_api", FAULTS["cookies blocked"])
        for _ in range(3):
            sign_in(refusing)

        assert [name for name, _ in records.outcomes].count("looping") == 3
        assert not alarm.rings(records.outcomes)
