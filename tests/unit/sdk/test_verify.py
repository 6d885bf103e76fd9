import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from supertokens_python.recipe.session.claims import PrimitiveClaim

from supertokens_lambda import Session, handlers, verify_session
from supertokens_lambda._runtime import current

SETTINGS = {"VERIFY_WITH_SDK": "true"}

OUR_KEY = generate_private_key(public_exponent=65537, key_size=2048)
PRIVILEGE: PrimitiveClaim[str] = PrimitiveClaim(key="role", fetch_value=lambda *_: None)
REFRESH = "/auth/session/refresh?redirectBack=/dashboard"
SENT_BACK = "/refresh-session?redirectBack=/dashboard%3Ftab%3Da%2520b"

HANGING = "never answers"
FAULTS = {
    "hangs": HANGING,
    "500": (500, "oops"),
    "429": (429, ""),
    "html": (200, "<!doctype html>"),
    "list": (200, "[]"),
    "empty": (200, "{}"),
}


def guarded(**options):
    @verify_session(**options)
    def page(event, context, session):
        return {"statusCode": 200, "body": session.get_user_id() if session else "nobody"}

    return page


page = guarded()
optional_page = guarded(session_required=False)
checked_page = guarded(check_database=True)


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def kid_of(token):
    return jwt.get_unverified_header(token)["kid"]


def unsigned(token, *, alg, kid=None):
    """Take the signature for one of another algorithm: an HMAC with what everybody can know, or none at all."""
    headers = {"kid": kid or kid_of(token), "version": "5"}
    key = "what everybody knows, and long enough" if alg == "HS256" else ""
    return jwt.encode(claims_of(token), key, algorithm=alg, headers=headers)


def forged(token, *, kid=None):
    headers = {"kid": kid or kid_of(token), "version": "5"}
    return jwt.encode(claims_of(token), OUR_KEY, algorithm="RS256", headers=headers)


def tampered(token):
    header, _, signature = token.split(".")
    other = jwt.encode(claims_of(token) | {"sub": "somebody-else"}, OUR_KEY, algorithm="RS256").split(".")[1]
    return f"{header}.{other}.{signature}"


def assert_unavailable(answer, *, as_page=True):
    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["cache-control"] == "no-store"
    assert "location" not in answer.headers
    assert not answer.cookies
    assert ("<h1>" in answer.body) == as_page


@pytest.mark.parametrize("target", ["/dashboard", "/dashboard?tab=a%20b"])
def test_a_good_token_gives_the_page(browser, core, records, target):
    issued = browser.holds(core.session())

    answer = browser.open(page, target)

    assert (answer.status, answer.body) == (200, issued.user_id)
    assert not answer.cookies
    assert records.outcomes == [("verified", "token-valid")]
    assert not core.asked("/verify")


def test_the_session_says_what_the_token_says(browser, core):
    issued = browser.holds(core.session(plan="pro"))
    given = []

    @verify_session()
    def keeping(event, context, session: Session):
        given.append(session)
        return "ok"

    browser_answer = keeping(browser.event("/dashboard"), None)

    (session,) = given
    assert browser_answer == "ok"
    assert session.get_user_id() == issued.user_id
    assert session.get_recipe_user_id().get_as_string() == issued.user_id
    assert session.get_tenant_id() == "public"
    assert session.get_handle() == issued.handle
    assert session.get_access_token() == issued.access_token
    assert session.get_access_token_payload()["plan"] == "pro"
    assert session.sdk().get_handle() == issued.handle
    assert issued.access_token not in repr(session)


@pytest.mark.parametrize(
    "written",
    [lambda token: f'"{token}"', lambda token: token.replace(".", "%2E"), lambda token: f" {token} "],
    ids=["quoted", "percent-encoded", "blanks"],
)
def test_a_token_is_taken_however_its_cookie_is_written(browser, core, written):
    browser.more_cookies = [f"sAccessToken={written(core.session().access_token)}"]

    assert browser.open(page).status == 200


def test_a_token_in_the_authorization_header_is_as_good(browser, core):
    issued = core.session()

    answer = browser.call(page, "/dashboard", headers={"authorization": f"Bearer {issued.access_token}"})

    assert (answer.status, answer.body) == (200, issued.user_id)
    assert not answer.cookies


def test_a_refreshed_token_is_replaced_once(browser, core):
    issued = browser.holds(core.session())
    assert browser.open(handlers.auth, REFRESH).status == 302
    refreshed = browser.has("sAccessToken")

    answer = browser.open(page)

    assert (answer.status, answer.body) == (200, issued.user_id)
    assert core.asked("/verify") == ["/recipe/session/verify"]
    assert answer.sets("sAccessToken")
    assert answer.cookie("sAccessToken").value not in (issued.access_token, refreshed)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["front-token"]

    again = browser.open(page)

    assert again.status == 200
    assert not again.cookies
    assert len(core.asked("/verify")) == 1


def test_a_refreshed_token_in_a_header_is_replaced_in_a_header(browser, core):
    issued = core.session()
    headers = {"authorization": f"Bearer {issued.refresh_token}"}
    refreshed = browser.call(handlers.auth, "/auth/session/refresh", {}, headers=headers)
    assert refreshed.status == 200

    headers = {"authorization": f"Bearer {refreshed.headers['st-access-token']}"}
    answer = browser.call(page, "/dashboard", headers=headers)

    assert answer.status == 200
    assert answer.headers["st-access-token"] != refreshed.headers["st-access-token"]
    assert not answer.cookies


class TestARefusedToken:
    @pytest.fixture(params=["page", "call"])
    def refused(self, request, browser, records):
        """Open the page and check what it got; by the verdict and its reason."""

        def check(verdict, reason, **more):
            if request.param == "page":
                answer = browser.open(page, "/dashboard?tab=a%20b", **more)
                assert (answer.status, answer.location) == (302, SENT_BACK)
            else:
                answer = browser.call(page, "/dashboard?tab=a%20b", **more)
                message = "unauthorised" if verdict == "unauthorised" else "try refresh token"
                assert (answer.status, answer.json()) == (401, {"message": message})
            assert answer.headers["cache-control"] == "no-store"
            assert not answer.cookies
            assert records.outcomes == [(verdict, reason)]

        return check

    @pytest.mark.parametrize(
        ("sent", "verdict", "reason"),
        [
            (tampered, "try-refresh", "token-refused"),
            (forged, "try-refresh", "token-refused"),
            (lambda token: forged(token, kid="d-1"), "try-refresh", "key-unknown"),
            (lambda token: forged(token, kid="../../x"), "try-refresh", "key-unknown"),
            (lambda token: unsigned(token, alg="none"), "try-refresh", "token-refused"),
            (lambda token: unsigned(token, alg="HS256"), "try-refresh", "token-refused"),
            (lambda token: unsigned(token, alg="none", kid="d-1"), "try-refresh", "key-unknown"),
            (lambda token: token + "x", "try-refresh", "token-refused"),
            (lambda token: token.rsplit(".", 1)[0], "unauthorised", "not-a-token"),
            (lambda token: jwt.encode({"sub": "x"}, OUR_KEY, algorithm="RS256"), "unauthorised", "not-a-token"),
            (lambda _: "nonsense", "unauthorised", "not-a-token"),
            (lambda _: "a.b.c", "unauthorised", "not-a-token"),
            (lambda _: "%FF.%00.%E2%80%AE", "unauthorised", "not-a-token"),
            (lambda _: "a" * 16_384, "unauthorised", "not-a-token"),
            (lambda token: f"{token}{'a' * 16_384}", "try-refresh", "token-refused"),
            (lambda _: "", "unauthorised", "token-missing"),
        ],
    )
    def test_is_sent_to_the_refresh(self, browser, core, refused, sent, verdict, reason):
        browser.more_cookies = [f"sAccessToken={sent(core.session().access_token)}"]

        refused(verdict, reason)

    def test_is_one_that_is_missing(self, refused):
        refused("unauthorised", "token-missing")

    def test_is_one_that_has_expired(self, browser, core, refused):
        browser.holds(core.expired_session())

        refused("try-refresh", "token-expired")

    def test_is_one_that_the_static_key_signed(self, browser, core, refused):
        browser.holds(core.session(static_key=True))

        refused("try-refresh", "key-kind-mismatch")

    def test_is_one_that_comes_with_another(self, browser, core, refused):
        browser.holds(core.session())
        browser.more_cookies = [f"sAccessToken={core.session().access_token}"]

        refused("try-refresh", "duplicate-cookies")

    def test_is_one_that_comes_with_a_cookie_of_long_ago(self, browser, core, refused):
        browser.holds(core.session())
        browser.more_cookies = ["sIdRefreshToken=x"]

        refused("try-refresh", "legacy-session")

    def test_is_one_in_the_authorization_header_too(self, core, refused):
        refused(
            "try-refresh", "token-expired", headers={"authorization": f"Bearer {core.expired_session().access_token}"}
        )


@pytest.mark.parametrize("control", ["\x00", "\x07", "\r\n", "\x7f"])
@pytest.mark.parametrize("at", [0, 30, -1])
def test_a_token_with_control_characters_is_none(browser, core, records, control, at):
    token = core.session().access_token
    browser.more_cookies = [f"sAccessToken={token[:at]}{control}{token[at:]}"]

    answer = browser.open(page, "/dashboard?tab=a%20b")

    assert (answer.status, answer.location) == (302, SENT_BACK)
    assert not answer.cookies
    assert records.outcomes[0][0] in ("try-refresh", "unauthorised")


@pytest.mark.parametrize(
    ("message", "reason"), [("Access token expired", "token-expired"), ("Key not found", "core-asks-for-refresh")]
)
def test_a_token_that_the_core_refuses_is_refreshed(browser, core, records, message, reason):
    browser.holds(core.session())

    with core.failing((200, json.dumps({"status": "TRY_REFRESH_TOKEN", "message": message})), at="/verify"):
        answer = browser.call(checked_page, "/dashboard")

    assert (answer.status, answer.json()) == (401, {"message": "try refresh token"})
    assert not answer.cookies
    assert records.outcomes == [("try-refresh", reason)]


def test_a_session_that_was_revoked_lives_on_in_its_token(browser, core):
    core.post("/recipe/session/remove", sessionHandles=[browser.holds(core.session()).handle])

    assert browser.open(page).status == 200


def test_a_session_that_was_revoked_is_over_where_the_core_is_asked(browser, core, records):
    core.post("/recipe/session/remove", sessionHandles=[browser.holds(core.session()).handle])

    answer = browser.open(checked_page)

    assert answer.status == 302
    assert answer.clears("sAccessToken")
    assert answer.clears("sRefreshToken")
    assert answer.clears("sFrontToken")
    assert answer.clears("sAntiCsrf")
    assert answer.sets("st-last-access-token-update")
    assert answer.cookie("stRefreshEvidence").value.startswith("failed.")
    assert answer.headers["cache-control"] == "no-store"
    assert records.outcomes == [("unauthorised", "session-ended")]


class TestAPageThatDoesWithoutASession:
    def test_is_given_one(self, browser, core):
        issued = browser.holds(core.session())

        assert browser.open(optional_page).body == issued.user_id

    @pytest.mark.parametrize("cookies", [[], ["sAccessToken=nonsense"]])
    def test_is_given_none(self, browser, core, records, cookies):
        browser.more_cookies = cookies

        assert browser.open(optional_page).body == "nobody"
        assert records.outcomes == [("anonymous", "no-session")]
        assert not core.calls

    def test_needs_a_refresh_all_the_same(self, browser, core):
        browser.holds(core.expired_session())

        answer = browser.open(optional_page)

        assert answer.location == "/refresh-session?redirectBack=/dashboard&sessionRequired=false"


class TestClaims:
    guarded = staticmethod(
        guarded(
            override_global_claim_validators=lambda given, session, context: [
                *given,
                PRIVILEGE.validators.has_value("admin"),
            ]
        )
    )

    def test_that_hold_give_the_page(self, browser, core):
        browser.holds(core.session(role={"v": "admin", "t": 0}))

        assert browser.open(self.guarded).status == 200

    def test_that_do_not_hold_forbid_a_page(self, browser, core, records):
        browser.holds(core.session(role={"v": "guest", "t": 0}))

        answer = browser.open(self.guarded)

        assert answer.status == 403
        assert "<h1>" in answer.body
        assert records.outcomes == [("invalid-claims", "claims-invalid")]

    def test_that_do_not_hold_forbid_a_call_in_the_sdks_words(self, browser, core):
        browser.holds(core.session(role={"v": "guest", "t": 0}))

        answer = browser.call(self.guarded, "/dashboard")

        assert answer.status == 403
        assert answer.json()["message"] == "invalid claim"
        assert [error["id"] for error in answer.json()["claimValidationErrors"]] == ["role"]

    def test_are_not_checked_where_nobody_asks(self, browser, core):
        browser.holds(core.session(role={"v": "guest", "t": 0}))

        assert browser.open(page).status == 200


class TestAntiCsrf:
    @pytest.mark.parametrize(
        ("mode", "method", "headers", "status"),
        [
            ("VIA_TOKEN", "GET", {}, 200),
            ("VIA_TOKEN", "POST", {"anti-csrf": "right"}, 200),
            ("VIA_TOKEN", "POST", {"anti-csrf": "wrong"}, 401),
            ("VIA_TOKEN", "POST", {"rid": "anti-csrf"}, 401),
            ("VIA_CUSTOM_HEADER", "GET", {}, 200),
            ("VIA_CUSTOM_HEADER", "POST", {"rid": "anti-csrf"}, 200),
            ("VIA_CUSTOM_HEADER", "POST", {}, 401),
            ("NONE", "POST", {}, 200),
            (None, "POST", {}, 200),
        ],
    )
    def test_is_as_the_settings_say(self, toolkit, browser, core, records, mode, method, headers, status):
        toolkit(ANTI_CSRF=mode)
        issued = browser.holds(core.session(anti_csrf=mode == "VIA_TOKEN"))
        if headers.get("anti-csrf") == "right":
            headers = {"anti-csrf": issued.anti_csrf_token}

        answer = browser.call(page, "/dashboard", method=method, headers=headers)

        assert answer.status == status
        assert records.reasons == ["token-valid" if status == 200 else "anti-csrf-failed"]

    @pytest.mark.parametrize("mode", ["VIA_TOKEN", "VIA_CUSTOM_HEADER"])
    def test_is_checked_or_not_as_the_page_says(self, toolkit, browser, core, mode):
        toolkit(ANTI_CSRF=mode)
        browser.holds(core.session(anti_csrf=mode == "VIA_TOKEN"))

        assert browser.call(guarded(anti_csrf_check=False), "/dashboard", method="POST").status == 200
        assert browser.call(guarded(anti_csrf_check=True), "/dashboard", method="GET").status == 401

    def test_wants_a_token_that_was_made_for_it(self, toolkit, browser, core, records):
        toolkit(ANTI_CSRF="VIA_TOKEN")
        browser.holds(core.session())

        assert browser.call(page, "/dashboard", method="POST", headers={"anti-csrf": "x"}).status == 401
        assert records.reasons == ["anti-csrf-failed"]

    @pytest.mark.parametrize("mode", ["VIA_TOKEN", "VIA_CUSTOM_HEADER"])
    def test_is_nothing_to_a_token_in_a_header(self, toolkit, browser, core, mode):
        toolkit(ANTI_CSRF=mode)
        headers = {"authorization": f"Bearer {core.session().access_token}"}

        assert browser.call(page, "/dashboard", method="POST", headers=headers).status == 200


class TestWhereNobodyCanTell:
    @pytest.mark.parametrize("fault", [*FAULTS.values(), (200, '{"keys": []}')], ids=[*FAULTS, "no keys"])
    def test_for_want_of_the_keys_the_session_stays(self, browser, core, records, failing_soon, fault):
        browser.holds(core.session())

        with failing_soon(fault, at="jwks"):
            answer = browser.open(page)

        assert_unavailable(answer)
        assert records.outcomes == [("unavailable", "keys-unreachable")]
        assert browser.open(page).status == 200

    @pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
    def test_for_want_of_the_core_the_session_stays(self, browser, core, records, failing_soon, fault):
        browser.holds(core.session())

        with failing_soon(fault, at="/recipe/session/verify"):
            answer = browser.open(checked_page)

        assert_unavailable(answer)
        assert records.outcomes == [("unavailable", "core-unreachable")]
        assert browser.open(checked_page).status == 200

    @pytest.mark.parametrize("at", ["jwks", "/recipe"])
    def test_a_call_is_told_so_in_json(self, browser, core, at):
        browser.holds(core.session())

        with core.failing((500, ""), at=at):
            answer = browser.call(checked_page, "/dashboard", method="POST")

        assert_unavailable(answer, as_page=False)
        assert answer.json() == {"message": "temporarily unavailable"}

    @pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
    def test_a_refreshed_token_is_kept(self, browser, core, failing_soon, fault):
        browser.holds(core.session())
        browser.open(handlers.auth, REFRESH)
        held = dict(browser.cookies)

        with failing_soon(fault, at="/recipe/session/verify"):
            assert_unavailable(browser.open(page))

        assert browser.cookies == held
        assert browser.open(page).sets("sAccessToken")

    def test_for_want_of_anything_on_the_port_the_session_stays(self, toolkit, browser, core, dead_port):
        browser.holds(core.session())
        toolkit(CONNECTION_URI=dead_port.uri)

        assert_unavailable(browser.open(page))

        with dead_port.with_core():
            assert browser.open(checked_page).status == 200
        assert browser.open(page).status == 200
        assert_unavailable(browser.open(checked_page))

    def test_another_core_is_asked(self, toolkit, browser, core, dead_port):
        browser.holds(core.session())
        toolkit(CONNECTION_URI=f"{dead_port.uri};{core.uri}")

        assert [browser.open(checked_page).status for _ in range(3)] == [200, 200, 200]

    def test_a_page_that_does_without_a_session_says_so_too(self, browser, core):
        browser.holds(core.session())

        with core.failing((500, ""), at="jwks"):
            assert_unavailable(browser.open(optional_page))

    def test_a_visitor_without_a_token_is_nothing_to_wonder_about(self, browser, core):
        with core.failing((500, "")):
            assert browser.open(page).status == 302
            assert browser.open(optional_page).status == 200

    def test_a_token_of_an_unknown_key_may_be_good(self, browser, core, eager):
        browser.holds(core.session())
        assert browser.open(page).status == 200
        browser.cookies["sAccessToken", "/"] = forged(core.session().access_token, kid="d-1")

        with core.failing((500, ""), at="jwks"):
            assert_unavailable(browser.open(page))

    def test_the_fault_is_logged_by_its_kind_and_place(self, browser, core, records):
        browser.holds(core.session())

        with core.failing((500, "a secret of the core's"), at="/recipe"):
            browser.open(checked_page)

        fault, outcome = [record for record in records.all if record.name == "supertokens_lambda"]
        assert fault.levelname == outcome.levelname == "WARNING"
        assert fault.getMessage().startswith("builtins.Exception at ")
        assert "querier.py:" in fault.getMessage()
        assert "secret" not in fault.getMessage()


def test_a_page_does_not_wait_for_long(browser, core):
    browser.holds(core.session())
    browser.open(checked_page)
    started = time.monotonic()

    with core.failing(HANGING, at="/recipe"):
        assert browser.open(checked_page).status == 503

    assert time.monotonic() - started < current().budgets.page + 1 <= 4
