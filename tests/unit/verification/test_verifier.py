import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, cast

import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from supertokens_lambda._event_loop import run
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.message import Headers, Request
from supertokens_lambda._runtime import current
from supertokens_lambda._verification import verifier as module
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.signing_keys import COOL_DOWN, REFRESH_INTERVAL, SigningKeys
from supertokens_lambda._verification.verdict import (
    Anonymous,
    Reason,
    TryRefresh,
    Unauthorised,
    Unavailable,
    Verdict,
    Verified,
)
from supertokens_lambda._verification.verifier import Verifier
from supertokens_lambda.settings import Settings

SETTINGS_OF_ONE = Settings(
    connection_uris=("http://core",), api_domain="https://example.com", website_domain="https://example.com"
)


class CountingKey:
    """The real key, and how often it was used."""

    def __init__(self, key) -> None:
        self._key = key
        self.uses = 0

    def verify(self, *given) -> None:
        self.uses += 1
        self._key.verify(*given)


class Keys:
    """A key set whose keys count, without a core."""

    def __init__(self, mint) -> None:
        self.by_kid: dict[str, CountingKey] = {}
        self.replace(mint, mint.dynamic, mint.static)

    def replace(self, mint, *kids: str) -> None:
        self.by_kid = {kid: CountingKey(mint.keys[kid].public_key()) for kid in kids}

    def find(self, kid: str) -> Any:
        return self.by_kid.get(kid)

    @property
    def uses(self) -> int:
        return sum(key.uses for key in self.by_kid.values())


def fails(*_: Any) -> Any:
    raise AssertionError("nobody was to be asked")


class Bench:
    """A verifier with nothing behind it but what a test puts there."""

    def __init__(self, mint) -> None:
        self.keys = Keys(mint)
        self.asked: list[dict[str, Any]] = []
        self.answer: Any = None
        self._mint = mint
        self.with_settings()

    def with_settings(self, *, verify_with_sdk: Any = fails, keys: Any = None, **settings: Any) -> "Bench":
        self.verifier = Verifier(
            Settings(**vars(SETTINGS_OF_ONE) | settings),
            keys or cast("SigningKeys", self.keys),
            verify_in_core=self._ask,
            verify_with_sdk=verify_with_sdk,
            open_container=fails,
        )
        return self

    def _ask(self, content: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(content)
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: dict[str, Any] = self.answer
        return answer

    def verdict(self, token: str | None = None, *, method="GET", cookie=None, headers=None, **options) -> Any:
        cookie = cookie if cookie is not None else f"sAccessToken={token}" if token is not None else ""
        return self.verifier.verify(request(cookie, method=method, headers=headers), VerifyOptions(**options))

    @property
    def remembered(self) -> int:
        return len(self.verifier._remembered)


def request(cookie: str = "", *, method: str = "GET", headers: dict[str, str] | None = None) -> Request:
    return Request(
        method=method,
        seen_path="/page",
        path="/page",
        headers=Headers.of((headers or {}).items()),
        cookies=Cookies(cookie),
    )


@pytest.fixture
def bench(mint) -> Bench:
    return Bench(mint)


def is_verdict(found, kind, reason):
    return (type(found), found.reason) == (kind, reason)


class TestAToken:
    def test_is_verified_without_the_core(self, bench, mint):
        found = bench.verdict(mint.token())

        assert is_verdict(found, Verified, Reason.TOKEN_VALID)
        state = found.state
        assert (state.user_id, state.recipe_user_id, state.tenant_id) == ("user-1", "recipe-user-1", "public")
        assert (state.handle, state.access_token) == ("handle-1", mint.token())
        assert state.access_token_payload == mint.claims()
        assert not state.additions()

    @pytest.mark.parametrize(
        ("version", "claims", "recipe_user", "tenant"),
        [
            ("3", {"rsub": ..., "tId": ...}, "user-1", "public"),
            ("3", {"tId": "t-1"}, "recipe-user-1", "public"),
            ("4", {"rsub": ..., "tId": "t-1"}, "user-1", "t-1"),
            ("5", {"tId": " t-1 ", "rsub": " r-1 "}, "r-1", "t-1"),
        ],
    )
    def test_tells_what_its_version_knows(self, bench, mint, version, claims, recipe_user, tenant):
        state = bench.verdict(mint.token(mint.claims(**claims), header=mint.header(version=version))).state

        assert (state.user_id, state.recipe_user_id, state.tenant_id) == ("user-1", recipe_user, tenant)

    @pytest.mark.parametrize(
        ("cookie", "kind", "reason"),
        [
            ("", Unauthorised, Reason.TOKEN_MISSING),
            ("sAccessToken=", Unauthorised, Reason.NOT_A_TOKEN),
            ("sAccessToken=x", Unauthorised, Reason.NOT_A_TOKEN),
            ("sIdRefreshToken=x", TryRefresh, Reason.LEGACY_SESSION),
            ("sIdRefreshToken=", TryRefresh, Reason.LEGACY_SESSION),
            ("{gone}", TryRefresh, Reason.KEY_UNKNOWN),
            ("{other}", TryRefresh, Reason.TOKEN_REFUSED),
            ("{static}", TryRefresh, Reason.KEY_KIND_MISMATCH),
            ("{expired}", TryRefresh, Reason.TOKEN_EXPIRED),
            ("{early}", TryRefresh, Reason.TOKEN_NOT_YET_VALID),
            ("{good}; {good}", TryRefresh, Reason.DUPLICATE_COOKIES),
            ("{good}; sAccessToken=", TryRefresh, Reason.DUPLICATE_COOKIES),
            ("x=y; {good}", Verified, Reason.TOKEN_VALID),
        ],
    )
    def test_is_refused_for_a_reason(self, bench, mint, cookie, kind, reason):
        tokens = {
            "good": mint.token(),
            "gone": mint.token(header=mint.header(kid=mint.gone)),
            "other": mint.token(key=mint.gone),
            "static": mint.token(header=mint.header(kid=mint.static)),
            "expired": mint.token(exp=int(time.time()) - 1),
            "early": mint.token(nbf=int(time.time()) + 60),
        }
        cookie = cookie.format(**{name: f"sAccessToken={token}" for name, token in tokens.items()})

        assert is_verdict(bench.verdict(cookie=cookie), kind, reason)

    @pytest.mark.parametrize("cookie", ["", "sAccessToken=x", "sAccessToken="])
    def test_may_be_missing_where_none_is_needed(self, bench, cookie):
        assert is_verdict(bench.verdict(cookie=cookie, session_required=False), Anonymous, Reason.NO_SESSION)

    def test_of_the_static_key_is_good_where_the_settings_say_so(self, bench, mint):
        bench.with_settings(use_dynamic_access_token_signing_key=False)

        assert type(bench.verdict(mint.token(header=mint.header(kid=mint.static)))) is Verified
        assert is_verdict(bench.verdict(mint.token()), TryRefresh, Reason.KEY_KIND_MISMATCH)

    def test_cannot_be_told_without_keys(self, bench, mint):
        def down() -> bytes:
            raise OSError

        bench.with_settings(keys=SigningKeys(down))

        assert is_verdict(bench.verdict(mint.token()), Unavailable, Reason.KEYS_UNREACHABLE)
        assert is_verdict(bench.verdict(), Unauthorised, Reason.TOKEN_MISSING)

    @pytest.mark.parametrize(
        ("header", "kind", "reason"),
        [
            ("Bearer {good}", Verified, Reason.TOKEN_VALID),
            ("Bearer   {good}  ", Verified, Reason.TOKEN_VALID),
            ("Bearer {expired}", TryRefresh, Reason.TOKEN_EXPIRED),
            ("bearer {good}", Unauthorised, Reason.NOT_A_TOKEN),
            ("Basic {good}", Unauthorised, Reason.NOT_A_TOKEN),
            ("Bearer x", Unauthorised, Reason.NOT_A_TOKEN),
            ("Bearer ", Unauthorised, Reason.NOT_A_TOKEN),
            ("", Unauthorised, Reason.TOKEN_MISSING),
        ],
    )
    def test_may_come_in_a_header(self, bench, mint, header, kind, reason):
        sent = header.format(good=mint.token(), expired=mint.token(exp=int(time.time()) - 1))

        assert is_verdict(bench.verdict(headers={"authorization": sent}), kind, reason)

    def test_in_a_header_comes_before_the_cookies(self, bench, mint):
        headers = {"authorization": f"Bearer {mint.token(sub='header')}"}
        cookie = f"sAccessToken={mint.token(sub='cookie')}"

        assert bench.verdict(cookie=cookie, headers=headers).state.user_id == "header"
        assert bench.verdict(cookie=f"{cookie}; {cookie}", headers=headers).state.user_id == "header"
        assert bench.verdict(cookie=cookie, headers={"authorization": "Bearer x"}).state.user_id == "cookie"


class TestAntiCsrf:
    @pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
    @pytest.mark.parametrize(
        ("mode", "headers", "good"),
        [
            ("VIA_TOKEN", {"anti-csrf": "csrf-1"}, True),
            ("VIA_TOKEN", {"anti-csrf": "wrong"}, False),
            ("VIA_TOKEN", {"anti-csrf": ""}, False),
            ("VIA_TOKEN", {"rid": "session"}, False),
            ("VIA_CUSTOM_HEADER", {"rid": "anything"}, True),
            ("VIA_CUSTOM_HEADER", {"rid": ""}, True),
            ("VIA_CUSTOM_HEADER", {"anti-csrf": "csrf-1"}, False),
            ("NONE", {}, True),
            (None, {}, True),
        ],
    )
    def test_is_checked_by_its_mode(self, bench, mint, method, mode, headers, good):
        bench.with_settings(anti_csrf=mode)
        token = mint.token(antiCsrfToken="csrf-1")

        found = bench.verdict(token, method=method, headers=headers)

        assert is_verdict(found, *((Verified, Reason.TOKEN_VALID) if good else (TryRefresh, Reason.ANTI_CSRF_FAILED)))
        assert type(bench.verdict(token)) is Verified
        assert type(bench.verdict(token, method=method, anti_csrf_check=False)) is Verified
        assert type(bench.verdict(token, headers=headers, anti_csrf_check=True)) is type(found)
        assert type(bench.verdict(method=method, headers={"authorization": f"Bearer {token}"})) is Verified

    @pytest.mark.parametrize(
        ("settings", "checked"),
        [
            ({"website_domain": "https://example.org"}, True),
            ({"website_domain": "http://example.com"}, True),
            ({"website_domain": "https://www.example.com"}, False),
            ({"cookie_same_site": "none"}, True),
            ({"website_domain": "https://example.org", "cookie_same_site": "lax"}, False),
        ],
    )
    def test_is_by_custom_header_where_cookies_cross_sites(self, bench, mint, settings, checked):
        bench.with_settings(**settings)

        assert type(bench.verdict(mint.token(), method="POST")) is (TryRefresh if checked else Verified)
        assert type(bench.verdict(mint.token(), method="POST", headers={"rid": "x"})) is Verified

    def test_wants_a_token_that_has_one(self, bench, mint):
        bench.with_settings(anti_csrf="VIA_TOKEN")

        found = bench.verdict(mint.token(), method="POST", headers={"anti-csrf": ""})

        assert is_verdict(found, TryRefresh, Reason.ANTI_CSRF_FAILED)


class TestARememberedToken:
    def test_needs_no_rsa(self, bench, mint):
        for _ in range(5):
            assert type(bench.verdict(mint.token())) is Verified

        assert bench.keys.uses == 1

    def test_is_remembered_from_either_way_it_comes(self, bench, mint):
        bench.verdict(mint.token())

        assert type(bench.verdict(headers={"authorization": f"Bearer {mint.token()}"})) is Verified
        assert bench.keys.uses == 1

    def test_is_another_one_for_each_spelling(self, bench, mint):
        bench.verdict(mint.token())

        assert type(bench.verdict(mint.token()[:-1])) is TryRefresh

    def test_is_none_of_those_that_were_refused(self, bench, mint):
        for _ in range(3):
            assert type(bench.verdict(mint.token(key=mint.gone))) is TryRefresh

        assert bench.keys.uses == 3
        assert not bench.remembered

    def test_is_checked_for_everything_else_again(self, bench, mint):
        bench.with_settings(anti_csrf="VIA_TOKEN")
        token = mint.token(antiCsrfToken="csrf-1")

        assert type(bench.verdict(token)) is Verified
        assert type(bench.verdict(token, method="POST")) is TryRefresh
        assert type(bench.verdict(cookie=f"sAccessToken={token}; sAccessToken={token}")) is TryRefresh
        assert type(bench.verdict(cookie=f"sAccessToken={token}; sIdRefreshToken=x")) is TryRefresh

    def test_is_forgotten_when_it_expires(self, bench, mint, monkeypatch):
        now = time.time()
        token = mint.token()
        assert type(bench.verdict(token)) is Verified
        assert bench.remembered == 1

        monkeypatch.setattr(time, "time", lambda: now + 7_300)
        assert is_verdict(bench.verdict(token), TryRefresh, Reason.TOKEN_EXPIRED)
        assert bench.remembered == 0

    def test_is_forgotten_when_its_key_leaves_the_set(self, bench, mint):
        bench.verdict(mint.token())

        bench.keys.replace(mint, mint.static)
        assert is_verdict(bench.verdict(mint.token()), TryRefresh, Reason.KEY_UNKNOWN)

    def test_is_checked_again_when_its_key_was_replaced(self, bench, mint):
        bench.verdict(mint.token())

        bench.keys.by_kid[mint.dynamic] = CountingKey(mint.keys[mint.gone].public_key())
        assert is_verdict(bench.verdict(mint.token()), TryRefresh, Reason.TOKEN_REFUSED)
        bench.keys.replace(mint, mint.dynamic)
        assert type(bench.verdict(mint.token())) is Verified
        assert bench.keys.uses == 1

    def test_is_one_of_a_bounded_number(self, bench, mint, monkeypatch):
        monkeypatch.setattr(module, "REMEMBERED", 20)
        tokens = [mint.token(number=number) for number in range(30)]

        for token in tokens:
            assert type(bench.verdict(token)) is Verified
            assert bench.remembered <= 20
        uses = bench.keys.uses
        bench.verdict(tokens[-1])
        assert bench.keys.uses == uses
        bench.verdict(tokens[0])
        assert bench.keys.uses == uses + 1

    def test_by_default_is_one_of_a_thousand(self):
        assert module.REMEMBERED == 1_000


SESSION = {"handle": "h-2", "userId": "u-2", "recipeUserId": "r-2", "tenantId": "t-2", "userDataInJWT": {}}
NO_TOKENS: list[Any] = [None, "x", [], {}, {"token": None}, {"token": 5}, {"token": "x"}, {"token": "a.b.c"}]


class TestAskingTheCore:
    @pytest.fixture
    def refreshed(self, mint):
        return mint.token(parentRefreshTokenHash1="1" * 64)

    @pytest.mark.parametrize(
        ("mode", "method", "headers", "expected"),
        [
            (None, "GET", {}, {"doAntiCsrfCheck": False, "enableAntiCsrf": False}),
            (None, "POST", {"rid": "x"}, {"doAntiCsrfCheck": True, "enableAntiCsrf": False}),
            ("NONE", "POST", {}, {"doAntiCsrfCheck": True, "enableAntiCsrf": False}),
            ("VIA_CUSTOM_HEADER", "POST", {"rid": "x"}, {"doAntiCsrfCheck": False, "enableAntiCsrf": False}),
            (
                "VIA_TOKEN",
                "POST",
                {"anti-csrf": "csrf-1"},
                {"doAntiCsrfCheck": True, "enableAntiCsrf": True, "antiCsrfToken": "csrf-1"},
            ),
            (
                "VIA_TOKEN",
                "GET",
                {"anti-csrf": ""},
                {"doAntiCsrfCheck": False, "enableAntiCsrf": True, "antiCsrfToken": ""},
            ),
        ],
    )
    def test_is_in_its_own_words(self, bench, mint, mode, method, headers, expected):
        bench.with_settings(anti_csrf=mode)
        bench.answer = {"status": "OK", "session": SESSION}
        token = mint.token(parentRefreshTokenHash1="1" * 64, antiCsrfToken="csrf-1")

        assert type(bench.verdict(token, method=method, headers=headers)) is Verified
        assert bench.asked == [{"accessToken": token, "checkDatabase": False, **expected}]

    def test_is_for_the_first_token_after_a_refresh_and_whenever_it_is_wanted(self, bench, mint, refreshed):
        bench.answer = {"status": "OK", "session": SESSION}

        bench.verdict(mint.token())
        assert not bench.asked
        bench.verdict(refreshed)
        assert [content["checkDatabase"] for content in bench.asked] == [False]
        bench.verdict(mint.token(), check_database=True)
        assert [content["checkDatabase"] for content in bench.asked] == [False, True]

    @pytest.mark.parametrize("parent", ["", " "])
    def test_is_for_an_empty_hash_too(self, bench, mint, parent):
        bench.answer = {"status": "OK", "session": SESSION}
        bench.verdict(mint.token(parentRefreshTokenHash1=parent))

        assert len(bench.asked) == 1

    def test_is_not_for_a_token_that_is_refused(self, bench, mint):
        for token in (mint.token(key=mint.gone), mint.token(exp=1), "x"):
            bench.verdict(token, check_database=True)

        assert not bench.asked

    def test_gives_what_the_core_knows(self, bench, refreshed):
        bench.answer = {"status": "OK", "session": SESSION}

        state = bench.verdict(refreshed).state

        assert (state.user_id, state.recipe_user_id, state.tenant_id) == ("u-2", "r-2", "t-2")
        assert (state.handle, state.access_token) == ("h-2", refreshed)
        assert not state.additions()

    @pytest.mark.parametrize("more", [{}, {"tenantId": None}, {"tenantId": ""}])
    def test_leaves_the_tenant_that_the_core_does_not_name(self, bench, mint, more):
        session = {name: value for name, value in SESSION.items() if name != "tenantId"} | more
        bench.answer = {"status": "OK", "session": session}

        assert bench.verdict(mint.token(tId="t-1"), check_database=True).state.tenant_id == "t-1"

    @pytest.mark.parametrize("sent_in", ["cookie", "header"])
    def test_gives_a_new_token(self, bench, mint, refreshed, sent_in):
        claims = mint.claims(sub="u-2", custom="new")
        new = {"token": mint.token(claims), "expiry": claims["exp"] * 1000, "createdTime": claims["iat"] * 1000}
        bench.answer = {"status": "OK", "session": SESSION, "accessToken": new}
        sent: dict[str, Any] = {"cookie": f"sAccessToken={refreshed}"}
        if sent_in == "header":
            sent = {"headers": {"authorization": f"Bearer {refreshed}"}}

        state = bench.verdict(**sent).state

        assert state.access_token == new["token"]
        assert state.access_token_payload["custom"] == "new"
        additions = state.additions()
        headers = dict(additions.headers)
        assert headers["front-token"]
        assert len(additions.cookies) == (sent_in == "cookie")
        assert (headers.get("st-access-token") == new["token"]) == (sent_in == "header")

    def test_ends_a_session(self, bench, refreshed):
        bench.answer = {"status": "UNAUTHORISED", "message": "Session missing in db"}

        found = bench.verdict(refreshed, session_required=False)

        assert is_verdict(found, Unauthorised, Reason.SESSION_ENDED)
        assert [cookie.partition(";")[0] for cookie in found.additions.cookies] == ["sAccessToken=", "sRefreshToken="]

    def test_asks_for_a_refresh(self, bench, refreshed):
        bench.answer = {"status": "TRY_REFRESH_TOKEN", "message": "Access token expired"}

        assert is_verdict(bench.verdict(refreshed), TryRefresh, Reason.CORE_ASKS_FOR_REFRESH)

    @pytest.mark.parametrize(
        "answer",
        [
            OSError(),
            TimeoutError(),
            GetParameterError("the API key is not to be had"),
            {},
            {"status": None},
            {"status": "ok"},
            {"status": ["OK"]},
            {"status": "WHATEVER", "message": "x"},
            {"status": "OK"},
            {"status": "OK", "session": None},
            {"status": "OK", "session": {}},
            {"status": "OK", "session": "x"},
            {"status": "OK", "session": []},
            *[
                {"status": "OK", "session": {key: value for key, value in SESSION.items() if key != name}}
                for name in ("handle", "userId", "recipeUserId", "userDataInJWT")
            ],
            *[{"status": "OK", "session": SESSION | {name: None}} for name in ("handle", "userId", "recipeUserId")],
            *[{"status": "OK", "session": SESSION, "accessToken": given} for given in NO_TOKENS],
            {"status": "UNAUTHORISED"},
            {"status": "TRY_REFRESH_TOKEN"},
        ],
        ids=str,
    )
    def test_cannot_tell_by_nonsense(self, bench, refreshed, answer):
        bench.answer = answer

        assert is_verdict(bench.verdict(refreshed), Unavailable, Reason.CORE_UNREACHABLE)

    def test_logs_what_went_wrong_and_no_token(self, bench, refreshed, records, seen_tokens):
        seen_tokens.add(refreshed)
        bench.answer = OSError(f"{refreshed} was not taken")

        bench.verdict(refreshed)
        (record,) = records.all
        assert record.getMessage().startswith("builtins.OSError at ")


def test_a_token_of_the_second_version_goes_to_the_sdk(bench, mint):
    handed_over: list[tuple[Request, VerifyOptions]] = []
    verdict = TryRefresh(Reason.TOKEN_EXPIRED)

    def by_the_sdk(request: Request, options: VerifyOptions) -> TryRefresh:
        handed_over.append((request, options))
        return verdict

    bench.with_settings(verify_with_sdk=by_the_sdk)
    sent, options = request(f"sAccessToken={mint.of_version_2()}"), VerifyOptions(session_required=False)

    assert bench.verifier.verify(sent, options) is verdict
    assert handed_over == [(sent, options)]
    assert not bench.keys.uses


@pytest.fixture
def started(toolkit, telling_core) -> Callable[..., Verifier]:
    """Start the toolkit with the core that publishes the tests' keys, and give a verifier that all is behind."""

    def start(**settings: str) -> Verifier:
        toolkit(CONNECTION_URI=telling_core.uri, **settings)
        return Verifier(
            current().settings,
            current().signing_keys,
            verify_in_core=current().core_client.verify_session,
            verify_with_sdk=current()._verify_with_sdk,
            open_container=current()._open_container,
        )

    return start


def test_a_token_of_the_second_version_is_verified_by_the_sdk(started, mint):
    verifier = started()

    found = verifier.verify(request(f"sAccessToken={mint.of_version_2()}"), VerifyOptions())
    expired = verifier.verify(request(f"sAccessToken={mint.of_version_2(expiryTime=1)}"), VerifyOptions())

    state = state_of(found)
    assert (state.user_id, state.handle) == ("user-1", "handle-1")
    assert state.access_token_payload == {"plan": "basic"}
    assert type(expired) is TryRefresh


class TestTheSdksContainer:
    FIELDS = (
        "get_user_id",
        "get_tenant_id",
        "get_handle",
        "get_access_token",
        "get_access_token_payload",
        "get_all_session_tokens_dangerously",
    )

    @pytest.fixture(params=["cookie", "header"])
    def sent(self, request):
        """Send a token in a cookie or in a header; with an anti-CSRF token where one is given."""

        def make(token: str, **more: str) -> Request:
            if request.param == "cookie":
                return sending(f"sAccessToken={token}", headers=more)
            return sending(headers={"authorization": f"Bearer {token}"} | more)

        return make

    @pytest.mark.parametrize("version", ["3", "4", "5"])
    def test_is_the_one_that_the_sdk_makes(self, started, mint, sent, version):
        verifier = started()
        claims = mint.claims(tId="t-1", nested={"a": [1]})
        asked = sent(mint.token(claims, header=mint.header(version=version)), **{"anti-csrf": "x"})

        ours = state_of(verifier.verify(asked, VerifyOptions())).sdk()
        sdks = state_of(current()._verify_with_sdk(asked, VerifyOptions())).sdk()

        assert type(ours) is type(sdks)
        for name in self.FIELDS:
            assert getattr(ours, name)() == getattr(sdks, name)(), name
        assert ours.get_recipe_user_id() == sdks.get_recipe_user_id()
        assert ours.req_res_info.transfer_method == sdks.req_res_info.transfer_method
        assert ours.access_token_updated is sdks.access_token_updated is False

    def test_is_made_once(self, started, mint):
        state = state_of(started().verify(sending(f"sAccessToken={mint.token()}"), VerifyOptions()))

        assert state.sdk() is state.sdk()

    def test_asks_nobody_to_be_made(self, started, mint, telling_core):
        state = state_of(started().verify(sending(f"sAccessToken={mint.token()}"), VerifyOptions()))
        telling_core.calls.clear()

        state.sdk()
        assert not telling_core.calls

    def test_can_be_made_within_a_running_loop(self, started, mint):
        state = state_of(started().verify(sending(f"sAccessToken={mint.token()}"), VerifyOptions()))

        async def handler() -> str:
            user_id: str = state.sdk().get_user_id()
            return user_id

        assert run(handler()) == "user-1"

    def test_ends_the_session(self, started, telling_core, sent):
        session = telling_core.start_session()
        state = state_of(started().verify(sent(session["accessToken"]["token"]), VerifyOptions()))

        run(state.sdk().revoke_session())

        additions = state.additions()
        assert dict(additions.headers)["front-token"] == "remove"
        cleared = [cookie.partition(";")[0] for cookie in additions.cookies]
        in_cookies = state.transfer_method == "cookie"
        assert ("sAccessToken=" in cleared) == ("sRefreshToken=" in cleared) == in_cookies
        assert (dict(additions.headers).get("st-access-token") == "") == (not in_cookies)
        info = telling_core.http.get("/recipe/session", params={"sessionHandle": session["session"]["handle"]})
        assert info.json()["status"] == "UNAUTHORISED"

    def test_writes_to_the_token(self, started, telling_core, sent):
        state = state_of(started().verify(sent(telling_core.start_session()["accessToken"]["token"]), VerifyOptions()))
        before = state.access_token

        run(state.sdk().merge_into_access_token_payload({"plan": "pro"}))

        assert state.access_token != before
        assert state.access_token_payload["plan"] == "pro"
        additions = state.additions()
        written = [*additions.cookies, dict(additions.headers).get("st-access-token", "")]
        assert any(state.access_token in each for each in written)

    def test_keeps_the_token_that_the_core_has_given(self, started, telling_core, sent):
        refreshed = telling_core.refreshed(telling_core.start_session())["accessToken"]["token"]
        state = state_of(started().verify(sent(refreshed), VerifyOptions()))
        before = state.additions()

        state.sdk()

        after = state.additions()
        assert dict(after.headers) == dict(before.headers)
        assert [cookie.partition(";")[0] for cookie in after.cookies] == [
            cookie.partition(";")[0] for cookie in before.cookies
        ]
        assert state.access_token != refreshed


def state_of(verdict: Verdict) -> Any:
    assert isinstance(verdict, Verified)
    return verdict.state


def sending(cookie: str = "", *, headers: dict[str, str] | None = None) -> Request:
    return request(cookie, headers=headers)


def test_made_up_kids_cost_one_fetch_in_a_cool_down_and_valid_tokens_are_served(mint):
    fetches = []
    now = [1_000.0]

    def fetch() -> bytes:
        fetches.append(now[0])
        key_set: bytes = mint.key_set(mint.dynamic)
        return key_set

    bench = Bench(mint).with_settings(keys=SigningKeys(fetch, clock=lambda: now[0]))
    message = mint.token(header=mint.header(kid="KID-OF-TEN")).rpartition(".")[0]
    assert type(bench.verdict(mint.token())) is Verified
    now[0] += COOL_DOWN

    for number in range(10_000):
        header = mint.header(kid=f"d-{number:08}")
        token = f"{encoded(header)}.{message.partition('.')[2]}.AAAA"
        assert is_verdict(bench.verdict(token), TryRefresh, Reason.KEY_UNKNOWN)
        if number % 500 == 0:
            assert type(bench.verdict(mint.token())) is Verified

    assert len(fetches) == 2
    assert bench.remembered == 1
    now[0] += REFRESH_INTERVAL
    assert type(bench.verdict(mint.token())) is Verified
    assert len(fetches) == 3


def encoded(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
