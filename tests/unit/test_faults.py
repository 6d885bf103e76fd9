"""Every fault at every call: nobody is signed out, nobody is sent anywhere, and the answer comes in time."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.support.answer import Answer
from tests.support.browser import Browser
from tests.support.constants import PASSWORD, Handler
from tests.support.core import Core
from tests.support.faults import short_budgets
from tests.support.faulty import Faulty
from tests.support.store import Store

from supertokens_lambda import handlers, sign_in, verify_session

# Thousands of visits to the same few lines, which tests of their own cover: a tracer would take most of the time.
pytestmark = pytest.mark.no_cover

REFRESH = "/auth/session/refresh"
SHARE = 1 / 6  # of each budget, where a fault lasts for as long as anybody waits
PATIENCE = 5  # of each, where it does not: on a busy machine the calls before must not use up the time
GUARD = 4.0  # seconds after which an answer counts as past its budget: all budgets on the way, and two seconds

_numbers = count()


@verify_session()
def page(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "page"}


@verify_session(check_database=True)
def checked_page(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "page"}


@verify_session()
async def revoking(event: Any, context: Any, session: Any) -> Any:
    await session.sdk().revoke_session()
    return {"statusCode": 200, "body": "bye"}


@verify_session()
def revoking_in_a_blocking_way(event: Any, context: Any, session: Any) -> Any:
    session.sdk().sync_revoke_session()
    return {"statusCode": 200, "body": "bye"}


@verify_session(session_required=False)
def optional_page(event: Any, context: Any, session: Any) -> Any:
    return {"statusCode": 200, "body": "page"}


def signed_in(browser: Browser, core: Core) -> None:
    browser.holds(core.session())


def expired(browser: Browser, core: Core) -> None:
    browser.holds(core.expired_session())


def refreshed(browser: Browser, core: Core) -> None:
    browser.holds(core.expired_session())
    assert browser.open(handlers.auth, f"{REFRESH}?redirectBack=/dashboard").status == 302


def signed_in_with_known_keys(browser: Browser, core: Core) -> None:
    browser.holds(core.session())
    assert browser.open(page).status == 200


def robbed(browser: Browser, core: Core) -> None:
    """Hold a refresh token whose successor has been used."""
    refreshed(browser, core)
    held = dict(browser.cookies)
    assert browser.open(handlers.auth, f"{REFRESH}?redirectBack=/dashboard").status == 302
    assert browser.open(page).status == 200
    browser.cookies = held
    # Within the interval it is another tab's, and no core is asked.
    Store().pass_interval()


def nobody(browser: Browser, core: Core) -> None:
    core.http.post("/recipe/signup", json={"email": "known@example.com", "password": PASSWORD})


def opening(handler: Handler, target: str = "/dashboard", **more: Any) -> Callable[[Browser], Answer]:
    return lambda browser: browser.open(handler, target, **more)


def calling(path: str, content: Callable[[], Any] = dict) -> Callable[[Browser], Answer]:
    return lambda browser: browser.call(handlers.auth, f"/auth{path}", content())


def submitting(target: str, content: Callable[[], dict[str, str]] = dict) -> Callable[[Browser], Answer]:
    def submit(browser: Browser) -> Answer:
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return browser.open(sign_in.handler, target, method="POST", headers=headers, body=urlencode(content()))

    return submit


def form(email: str) -> dict[str, str]:
    return {"email": email, "password": PASSWORD}


def new_form() -> dict[str, str]:
    return form(f"new-{next(_numbers)}@example.com")


def known_form() -> dict[str, str]:
    return form("known@example.com")


def as_json(fields: Callable[[], dict[str, str]]) -> Callable[[], Any]:
    return lambda: {"formFields": [{"id": name, "value": value} for name, value in fields().items()]}


@dataclass(frozen=True)
class Call:
    """A call to the core, and the request that leads to it.

    Attributes
    ----------
    at
        Its path.
    come
        Makes the visitor who makes the request.
    ask
        Makes it.
    status
        What it is answered without a fault.
    by_sdk
        Whether the SDK verifies sessions.
    """

    at: str
    come: Callable[[Browser, Core], None]
    ask: Callable[[Browser], Answer]
    status: int = 200
    by_sdk: bool = False
    ends_session: bool = False


CALLS = {
    "key set": Call("jwks", signed_in, opening(page)),
    "key set, for a page that does without a session": Call("jwks", signed_in, opening(optional_page)),
    "key set, by the SDK": Call("jwks", signed_in, opening(page), by_sdk=True),
    "key set, at the sign-out": Call("jwks", signed_in, calling("/signout"), ends_session=True),
    "verify": Call("/session/verify", signed_in, opening(checked_page)),
    "verify, by the SDK": Call("/session/verify", signed_in, opening(checked_page), by_sdk=True),
    "verify, after a refresh": Call("/session/verify", refreshed, opening(page)),
    "verify, after a refresh, by the SDK": Call("/session/verify", refreshed, opening(page), by_sdk=True),
    "refresh by a navigation": Call(
        "/session/refresh", expired, opening(handlers.auth, f"{REFRESH}?redirectBack=/dashboard"), 302
    ),
    "refresh by a script": Call("/session/refresh", expired, calling("/session/refresh")),
    "revocation after a theft, by a navigation": Call(
        "/session/remove", robbed, opening(handlers.auth, f"{REFRESH}?redirectBack=/dashboard"), 302, ends_session=True
    ),
    "revocation after a theft, by a script": Call(
        "/session/remove", robbed, calling("/session/refresh"), 401, ends_session=True
    ),
    "sign-in by a form": Call("/recipe/signin", nobody, submitting("/auth", known_form), 303),
    "sign-in by a script": Call("/recipe/signin", nobody, calling("/signin", as_json(known_form))),
    "session of a sign-in": Call("/recipe/session$", nobody, submitting("/auth", known_form), 303),
    "sign-up by a form": Call("/recipe/signup", nobody, submitting("/auth?show=signup", new_form), 303),
    "sign-up by a script": Call("/recipe/signup", nobody, calling("/signup", as_json(new_form))),
    "sign-out by a form": Call("/session/remove", signed_in, submitting("/auth/sign-out"), 303, ends_session=True),
    "sign-out by a form, with an expired token": Call(
        "/session/remove", expired, submitting("/auth/sign-out"), 303, ends_session=True
    ),
    "sign-out by a script": Call("/session/remove", signed_in, calling("/signout"), ends_session=True),
    "revocation by a handler": Call("/session/remove", signed_in_with_known_keys, opening(revoking), ends_session=True),
    "revocation by a blocking handler": Call(
        "/session/remove", signed_in_with_known_keys, opening(revoking_in_a_blocking_way), ends_session=True
    ),
    "revocation by a handler, the SDK having verified": Call(
        "/session/remove", signed_in_with_known_keys, opening(revoking), by_sdk=True, ends_session=True
    ),
    "email exists": Call(
        "/recipe/users?|/users/by-accountinfo",
        nobody,
        opening(handlers.auth, "/auth/signup/email/exists?email=a@example.com", page=False),
    ),
}


@pytest.fixture(scope="module")
def between(running_core) -> Iterator[Faulty]:
    with Faulty(running_core.uri).running() as faulty:
        yield faulty


@pytest.fixture
def check(browser, core, records, tally, monkeypatch, eager):
    """Make a request while a fault lasts, and once more when it is over."""

    def make(call: Call, fault: AbstractContextManager[Any], *, share: float = SHARE, is_refusal: bool = False) -> None:
        call.come(browser, core)
        before = dict(browser.cookies)
        records.all.clear()
        with fault, short_budgets(monkeypatch, share):
            started = time.monotonic()
            answer = call.ask(browser)
            took = time.monotonic() - started

        tally("faults: tried")
        tally("faults: answers past their budget", int(took > GUARD))
        tally("faults: redirects", int("location" in answer.headers))
        tally("faults: sessions lost", int(browser.cookies != before))
        assert answer.status == (500 if is_refusal else 503)
        assert answer.headers.get("retry-after") == (None if is_refusal else "5")
        assert answer.headers["cache-control"] == "no-store"
        assert "location" not in answer.headers
        assert not answer.cookies
        assert browser.cookies == before
        assert share >= 1 or took < GUARD
        name, reason = records.outcomes[-1]
        if is_refusal:
            assert (name.removeprefix("refresh-"), reason) == ("error", "core-refused")
        else:
            assert name.removeprefix("refresh-") == "unavailable"
        assert not {"refresh-failed", "try-refresh", "unauthorised"} & {name for name, _ in records.outcomes}

        with short_budgets(monkeypatch, PATIENCE):
            again = call.ask(browser)
        assert again.status == call.status
        assert again.clears("sAccessToken") == call.ends_session

    return make


def settings_for(call: Call) -> dict[str, str]:
    return {"VERIFY_WITH_SDK": str(call.by_sdk).lower()}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("fault", Faulty.FAULTS)
def test_a_fault_of_the_core_signs_nobody_out(toolkit, between, check, fault, call):
    toolkit(CONNECTION_URI=between.uri, **settings_for(call))
    is_endless = fault in Faulty.ENDLESS

    check(
        call,
        between.that(fault, call.at),
        share=SHARE if is_endless else PATIENCE,
        is_refusal=fault in Faulty.REFUSALS,
    )

    # With a part of its time a call before may have used that up.
    assert between.met or is_endless


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("nowhere", ["refused", "http://core.invalid"])
def test_a_core_that_is_gone_signs_nobody_out(toolkit, core, check, dead_port, nowhere, call):
    toolkit(**settings_for(call))

    @contextmanager
    def gone() -> Iterator[None]:
        uri = dead_port.uri if nowhere == "refused" else nowhere
        toolkit(CONNECTION_URI=uri, **settings_for(call))
        yield
        toolkit(**settings_for(call))

    check(call, gone())


CALLS_WITH_A_KEY = [
    "verify",
    "refresh by a navigation",
    "refresh by a script",
    "sign-in by a form",
    "sign-in by a script",
    "sign-out by a form",
    "revocation by a handler",
]


@pytest.fixture(scope="module")
def before_aws(aws_uri) -> Iterator[Faulty]:
    with Faulty(aws_uri).running() as faulty:
        yield faulty


@pytest.mark.parametrize("name", CALLS_WITH_A_KEY)
@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("API_KEY_PARAMETER", "throttling, as AWS tells it"),
        ("API_KEY_PARAMETER", "500"),
        ("API_KEY_PARAMETER", "no answer"),
        ("API_KEY_PARAMETER", "hangs"),
        ("API_KEY_PARAMETER", "drips its body"),
        ("API_KEY_SECRET", "garbage"),
    ],
)
def test_without_the_cores_key_nobody_is_signed_out(
    toolkit, aws, before_aws, check, monkeypatch, seen_tokens, kind, fault, name
):
    seen_tokens.add("the-key-of-the-core")
    put = {
        "API_KEY_PARAMETER": lambda: aws("ssm").put_parameter(
            Name="/faults/key", Value="the-key-of-the-core", Type="SecureString", Overwrite=True
        ),
        "API_KEY_SECRET": lambda: aws("secretsmanager").create_secret(
            Name=f"/faults/key-{next(_numbers)}", SecretString="the-key-of-the-core"
        ),
    }
    found = put[kind]()
    monkeypatch.setenv("AWS_ENDPOINT_URL", before_aws.uri)
    toolkit()
    call = CALLS[name]
    come = call.come

    def come_and_forget(browser: Browser, core: Core) -> None:
        """Come while there is no key to be had, and none needed; have the instance made anew."""
        come(browser, core)
        toolkit(**{kind: found.get("ARN", "/faults/key")})

    is_endless = fault in Faulty.ENDLESS

    check(replace(call, come=come_and_forget), before_aws.that(fault), share=SHARE if is_endless else 1)

    # As above: a part of the time may be over before AWS is asked.
    assert before_aws.met or is_endless
