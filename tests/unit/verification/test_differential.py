"""The same decision as the SDK's `get_session`: on requests that are made up, and on those that differ by design.

`DIFFERENTIAL_COUNT` sets how many requests there are, `DIFFERENTIAL_SHOWN` how many differences are shown.
Their seed is in `tests.support.seeds`.
"""

import base64
import gc
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from supertokens_python import Supertokens
from supertokens_python.exceptions import SuperTokensError
from supertokens_python.recipe.session.asyncio import get_session
from supertokens_python.recipe.session.exceptions import TryRefreshTokenError, UnauthorisedError
from tests.support import seeds
from tests.support.mint import base64url

from supertokens_lambda._core_client.refusal import CoreRefusedError
from supertokens_lambda._event_loop import run
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.event_sources import event_source_of
from supertokens_lambda._http.json_text import MAX_DEPTH
from supertokens_lambda._http.message import Additions, Headers, Request
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_request import SdkRequest
from supertokens_lambda._sdk.sdk_response import SdkResponse
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import Anonymous, Failed, TryRefresh, Unauthorised, Unavailable, Verified
from supertokens_lambda._verification.verifier import Verifier

COUNT = int(os.environ.get("DIFFERENTIAL_COUNT", "5200"))
SHOWN = int(os.environ.get("DIFFERENTIAL_SHOWN", "12"))

TWO_SITES = {"API_DOMAIN": "https://api.example.com", "WEBSITE_DOMAIN": "https://www.example.org"}
GROUPS: dict[str, dict[str, str]] = {
    "defaults": {},
    "none": {"ANTI_CSRF": "NONE", "COOKIE_DOMAIN": ".example.com"},
    "via-token": {"ANTI_CSRF": "VIA_TOKEN", "API_KEY": "api-key-of-the-tests"},
    "via-token-static": {
        "ANTI_CSRF": "VIA_TOKEN",
        "USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY": "false",
        "COOKIE_SAME_SITE": "strict",
    },
    "via-custom-header": {"ANTI_CSRF": "VIA_CUSTOM_HEADER", "API_GATEWAY_PATH": "/dev", "API_BASE_PATH": "/api/auth"},
    "two-sites": TWO_SITES,
    "two-sites-via-token": {**TWO_SITES, "ANTI_CSRF": "VIA_TOKEN", "COOKIE_SAME_SITE": "none"},
    "two-sites-lax": {**TWO_SITES, "COOKIE_SAME_SITE": "lax"},
    "static": {"USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY": "false"},
    "plain-http": {"API_DOMAIN": "http://localhost:3000", "WEBSITE_DOMAIN": "http://localhost:3000"},
}


class Decision(NamedTuple):
    """What was decided on a request, and what came of it."""

    kind: str
    facts: dict[str, str]
    cookies: tuple[tuple[str, ...], ...]
    expiries: tuple[float, ...]
    headers: tuple[tuple[str, str], ...]
    calls: tuple[Any, ...] = ()

    def differences(self, other: "Decision") -> list[str]:
        """Name what differs; expiries may by two seconds."""
        if self.kind != other.kind:
            return ["kind"]
        found = [
            name for name in ("facts", "cookies", "headers", "calls") if getattr(self, name) != getattr(other, name)
        ]
        apart = max((abs(one - two) for one, two in zip(self.expiries, other.expiries, strict=False)), default=0)
        return [*found, "expiries"] if apart > 2 else found


def decided(kind: str, additions: Additions, **facts) -> Decision:
    """Put a decision into a form that can be compared; JSON, since NaN is equal to none."""
    cookies = [cookie.split("; ") for cookie in additions.cookies]
    plain = [tuple(part for part in cookie if not part.startswith("Expires=")) for cookie in cookies]
    expires = [part.removeprefix("Expires=") for cookie in cookies for part in cookie if part.startswith("Expires=")]
    return Decision(
        kind,
        {name: json.dumps(fact, sort_keys=True) for name, fact in facts.items()},
        tuple(sorted(plain)),
        tuple(sorted(parsedate_to_datetime(date).timestamp() for date in expires)),
        tuple(sorted(additions.headers)),
    )


class AsSent(SdkRequest):
    """A request as the SDK's own frameworks show it: cookies and tokens in the spelling that came."""

    def get_cookie(self, key: str) -> str | None:
        return self._request.cookies.get(key)

    def get_header(self, key: str) -> str | None:
        name = key.lower()
        return self._request.cookies.header if name == "cookie" else self._request.headers.get(name)


def exchange_of(sdk_request: type[SdkRequest]) -> Callable[[Request], SdkCall]:
    def exchange(request: Request) -> SdkCall:
        made = SdkCall(request)
        made.sdk_request = sdk_request(request)
        return made

    return exchange


def in_one_spelling(request: Request) -> Request:
    """Make of a request the one that the SDK decides on as we do on this: the differences by design, and no more.

    Each session cookie counts, so none holds an equals sign; and no signature makes a padded token good.
    """
    pairs = []
    for pair in request.cookies.header.split(";"):
        name, equals, value = pair.partition("=")
        if unquote(name.strip()) == "sAccessToken":
            quoted = value.strip(" \t").strip('"')
            token = unquote(quoted)
            value = value.replace(quoted, quote(unsigned(token), errors="replace")) if is_padded(token) else value
            value = value.replace("=", "%3D")
        pairs.append(name + equals + value)
    headers = Headers(request.headers)
    bearer = headers.get("authorization", "")
    if bearer.startswith("Bearer ") and is_padded(bearer[7:].strip()):
        headers["authorization"] = f"Bearer {unsigned(bearer[7:].strip())}"
    return Request(
        method=request.method, seen_path=request.seen_path, path=request.path, headers=headers,
        cookies=Cookies(";".join(pairs)),
    )  # fmt: skip


def is_padded(token: str) -> bool:
    return token.count(".") == 2 and any(part.endswith("=") for part in token.split("."))


def padded(part: str) -> str:
    return part + "=" * (-len(part) % 4)


def unsigned(token: str) -> str:
    return f"{token.rpartition('.')[0]}."


def as_sent(request: Request) -> SdkCall:
    return exchange_of(AsSent)(request)


def by_the_sdk(request: Request, options: VerifyOptions, wrap: Callable[..., Any] = as_sent) -> Decision:
    exchange, response = wrap(request), SdkResponse()
    try:
        container = run(
            get_session(
                exchange.sdk_request,
                session_required=options.session_required,
                anti_csrf_check=options.anti_csrf_check,
                check_database=options.check_database,
                override_global_claim_validators=lambda *_: [],
                user_context=exchange.user_context,
            )
        )
    except (TryRefreshTokenError, UnauthorisedError) as error:
        run(answered(error, exchange, response))
        kind = "try-refresh" if isinstance(error, TryRefreshTokenError) else "unauthorised"
        return decided(kind, response.additions())
    except CoreRefusedError:
        return decided("error", Additions())
    except Exception:  # noqa: BLE001 - whatever it lets through when the core answers nonsense
        return decided("unavailable", Additions())
    if container is None:
        return decided("anonymous", Additions())
    exchange.write_session(container, response)
    return decided("verified", response.additions(), **facts_of(container), tokens=tokens_of(container))


async def answered(error: SuperTokensError, exchange: SdkCall, response: SdkResponse) -> None:
    await Supertokens.get_instance().handle_supertokens_error(
        exchange.sdk_request, error, response, exchange.user_context
    )


def facts_of(container) -> dict[str, Any]:
    return {
        "user": container.get_user_id(),
        # What is no text in a token of before version 5 is None to the SDK, and empty to a session of typed strings.
        "recipe user": container.get_recipe_user_id().get_as_string() or "",
        "tenant": container.get_tenant_id(),
        "handle": container.get_handle(),
        "payload": container.get_access_token_payload(),
        "token": container.get_access_token(),
    }


def tokens_of(container) -> dict[str, Any]:
    tokens: dict[str, Any] = container.get_all_session_tokens_dangerously()
    return tokens


def by_design(request: Request, options: VerifyOptions) -> Decision:
    return by_the_sdk(in_one_spelling(request), options)


def by_us(verifier: Verifier, request: Request, options: VerifyOptions) -> Decision:
    try:
        verdict = verifier.verify(request, options)
        match verdict:
            case Verified(state=state):
                facts = {
                    "user": state.user_id,
                    "recipe user": state.recipe_user_id,
                    "tenant": state.tenant_id,
                    "handle": state.handle,
                    "payload": state.access_token_payload,
                    "token": state.access_token,
                }
                # The additions first: those of a container would be the SDK's own.
                additions = state.additions()
                return decided(verdict.name, additions, **facts, tokens=tokens_of(state.sdk()))
            case Unauthorised(additions=additions):
                return decided(verdict.name, additions)
            case TryRefresh() | Anonymous() | Unavailable() | Failed():
                return decided(verdict.name, Additions())
    except Exception as error:  # noqa: BLE001 - a request that makes the guard fall over is a difference like others
        return decided(f"raises {type(error).__name__}", Additions())
    raise AssertionError(verdict)


Side = Callable[[Request, VerifyOptions], Decision]


class Both:
    """The two that decide, with one core behind them, under the settings that the toolkit was started with."""

    def __init__(self, core) -> None:
        self._core = core
        self.verifier = Verifier(
            current().settings,
            current().signing_keys,
            verify_in_core=current().core_client.verify_session,
            verify_with_sdk=current()._verify_with_sdk,
            open_container=current()._open_container,
        )

    def decide(self, case: "Case", *, sdk_first: bool = True, again: int = 9) -> tuple[Decision, Decision]:
        ours: Side = partial(by_us, self.verifier)
        sides: list[Side] = [by_design, ours] if sdk_first else [ours, by_design]
        told = self._core.failing(case.answer, at="^/recipe/session/verify$") if case.answer else nullcontext()
        with told:
            # A decision on a time flips when a second begins, and the two are taken one after the other.
            for _ in range(1 + again):
                second = int(time.time())
                found = {side: self._with_calls(side, case) for side in sides}
                if int(time.time()) == second or not found[by_design].differences(found[ours]):
                    break
        return found[by_design], found[ours]

    def _with_calls(self, side: Side, case: "Case") -> Decision:
        self._core.calls.clear()
        decision = side(case.request, case.options)
        calls = tuple(
            (method, path, [headers.get(name) for name in ("api-key", "cdi-version", "rid")], json.loads(body or b"{}"))
            for method, path, headers, body in self._core.calls
            if not path.endswith(("/apiversion", "/jwks.json"))
        )
        return decision._replace(calls=calls)


class Case(NamedTuple):
    """A request, what is special about it, and what the core says where it is asked, if not what it would say."""

    told: str
    request: Request
    options: VerifyOptions = VerifyOptions()
    answer: tuple[int, bytes] | None = None


def case(told: str, *, cookie: str = "", method: str = "GET", options=None, answer=None, **headers) -> Case:
    """Make a case; of a header's name underscores are hyphens."""
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    request = Request(
        method=method, seen_path="/page", path="/page", headers=Headers.of(fields), cookies=Cookies(cookie)
    )
    return Case(told, request, options or VerifyOptions(), answer)


@pytest.fixture
def both(toolkit, started_toolkit, telling_core) -> Iterator[Callable[..., Both]]:
    """Start both with the core that publishes the tests' keys."""

    def begin(**settings: str) -> Both:
        started_toolkit.stop()
        toolkit(**{"CONNECTION_URI": telling_core.uri} | settings)
        current().sdk.start()
        return Both(telling_core)

    yield begin
    current().close()


MISTYPED: list[Any] = [
    None, True, False, 0, 1, -1, 1.5, -0.0, 1e306, 10**30, math.nan, math.inf, -math.inf,
    "", " ", "x", " x ", "5", "é", "\ud800", [], ["x"], {}, {"x": 1},
]  # fmt: skip
CLAIMS = (
    "sub", "exp", "iat", "tId", "rsub", "sessionHandle", "refreshTokenHash1", "parentRefreshTokenHash1",
    "antiCsrfToken", "iss", "nbf", "aud", "jti", "stt", "userId", "expiryTime", "timeCreated", "userData", "custom",
)  # fmt: skip
VERSIONS: list[Any] = [
    "3", "4", "5", "6", "99", "2", "1", "0", "-5", " 5 ", "5.0", "05", "\u0665", "x", "", 3, 5, 5.9, 2.9, True, None,
    [], {}, math.nan, math.inf, 1e306, "1" * 5000, ...,
]  # fmt: skip
HEADER: dict[str, list[Any]] = {
    "typ": ["JWT", "jwt", "", None, 5, [], ...],
    "kid": ["", "d-", "s-", "d-1", "../../x", 5, True, None, [], {}, "\ud800", "x" * 9000, ...],
    "alg": ["none", "None", "", "rs256", "HS256", "ES256", "EdDSA", None, 5, [], ["RS256"], {}, ...],
    "crit": [[], None, ["exp"], ["b64"], "b64", {}, [5]],
    "b64": [True, False, None, 0, 1, "x"],
    "version": VERSIONS,
    "cty": ["JWT"],
    "jku": ["https://example.com/keys"],
}
BODIES: list[Any] = [
    b"", b"{", b"null", b"[]", b"5", b'"x"', b"<!doctype html>", b"{}", b"\xff", b'{"status":"OK"}',
    b'{"status":null}', b'{"status":"OK","session":null}', b'{"status":"OK","session":{}}',
]  # fmt: skip
STATUSES = [400, 401, 402, 403, 404, 405, 418, 500, 502, 503, 504]


class Maker:
    """Makes cases up, the same ones of the same seed."""

    def __init__(self, rng: random.Random, mint, core, settings: dict[str, str]) -> None:
        self.rng = rng
        self.mint = mint
        self.via_token = settings.get("ANTI_CSRF") == "VIA_TOKEN"
        self.dynamic = settings.get("USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY") != "false"
        # Most tokens share their times, and so their signatures.
        self.now = int(time.time())
        self.core = core
        self.sessions = [*self._sessions()]

    def _sessions(self) -> Iterator[tuple[str, str, str | None]]:
        """Start sessions that have come to every state that the core knows."""
        core, more = self.core, {"dynamic": self.dynamic}
        for number in range(4):
            fresh = core.start_session(anti_csrf=self.via_token, plan="basic", number=number, **more)
            refreshed = core.refreshed(core.start_session(anti_csrf=self.via_token, plan="free", **more), **more)
            promoted = core.refreshed(core.start_session(anti_csrf=self.via_token, **more), **more)
            self._verify(promoted)
            twice = core.refreshed(core.refreshed(core.start_session(anti_csrf=self.via_token, **more), **more), **more)
            revoked = core.refreshed(core.start_session(anti_csrf=self.via_token, **more), **more)
            ended = core.start_session(anti_csrf=self.via_token, **more)
            core.post(
                "/recipe/session/remove", sessionHandles=[revoked["session"]["handle"], ended["session"]["handle"]]
            )
            changed = core.start_session(anti_csrf=self.via_token, plan="basic", **more)
            body = {"sessionHandle": changed["session"]["handle"], "userDataInJWT": {"plan": "pro", "é": [1, None]}}
            core.http.put("/recipe/jwt/data", json=body).raise_for_status()
            core.ahead = -7200
            old = core.refreshed(core.start_session(anti_csrf=self.via_token, **more), **more)
            core.ahead = 0
            for name, session in {
                "fresh": fresh, "refreshed": refreshed, "promoted": promoted, "refreshed twice": twice,
                "revoked after a refresh": revoked, "revoked": ended, "payload changed": changed, "old": old,
            }.items():  # fmt: skip
                yield f"session: {name}", session["accessToken"]["token"], session.get("antiCsrfToken")

    def _verify(self, session: dict[str, Any]) -> None:
        self.core.post(
            "/recipe/session/verify",
            accessToken=session["accessToken"]["token"],
            doAntiCsrfCheck=False,
            enableAntiCsrf=False,
            checkDatabase=False,
        )

    def often(self, share: float) -> bool:
        return self.rng.random() < share

    def case(self) -> Case:
        told, token, anti_csrf = self.token()
        rng, headers = self.rng, {}
        in_header = self.often(0.15)
        written, cookie = self.cookies(token) if not in_header or self.often(0.4) else ("no cookie", "")
        if in_header:
            bearer = rng.choice(["Bearer {}", "Bearer  {} ", "bearer {}", "Bearer{}", "Basic {}", "{}", "Bearer {}\t"])
            second = token if self.often(0.6) else self.token()[1]
            headers["authorization"] = (
                bearer.format(second) if self.often(0.9) else rng.choice(["", "Bearer", "Bearer "])
            )
            written += " and Authorization"
        if self.often(0.5):
            headers["rid"] = rng.choice(["session", "anti-csrf", ""])
        if self.often(0.6 if self.via_token else 0.2):
            headers["anti_csrf"] = rng.choice([anti_csrf or "csrf-1", "csrf-1", "wrong", "", " csrf-1 "])
        options = VerifyOptions(
            session_required=self.often(0.7),
            anti_csrf_check=rng.choice([None, None, True, False]),
            check_database=self.often(0.015) or (told.startswith("session") and self.often(0.5)),
        )
        asks = options.check_database or "parentRefreshTokenHash1" in told
        answer = self.answer() if asks and self.often(0.5) else None
        method = rng.choice(["GET", "GET", "HEAD", "POST", "OPTIONS", "PUT"])
        told = f"{told}; {written}; {method}" + (f"; answered {answer}" if answer else "")
        return case(told, cookie=cookie, method=method, options=options, answer=answer, **headers)

    def token(self) -> tuple[str, str, str | None]:
        """Make a token: what is special about it, the token, the anti-CSRF token that is in it."""
        kinds: list[tuple[float, Callable[[], tuple[str, str, str | None]]]] = [
            (25, self.good), (22, self.odd_claims), (18, self.odd_times), (12, self.odd_header), (14, self.tampered),
            (4, self.misspelled), (3, self.junk), (2, lambda: self.rng.choice(self.sessions)),
        ]  # fmt: skip
        (make,) = self.rng.choices([make for _, make in kinds], [weight for weight, _ in kinds])
        return make()

    def parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Make header and claims of a token that is good, by a key of one kind or the other."""
        rng, number = self.rng, self.rng.randrange(8)
        own, other = (self.mint.dynamic, self.mint.static) if self.dynamic else (self.mint.static, self.mint.dynamic)
        kid = rng.choices([own, other, self.mint.other_dynamic, self.mint.gone], [88, 4, 4, 4])[0]
        version = rng.choices(["5", "4", "3", 5, ...], [60, 15, 15, 5, 5])[0]
        claims = self.mint.claims(
            sub=f"user-{number}",
            exp=self.now + 3600,
            iat=self.now - 10,
            antiCsrfToken="csrf-1" if self.via_token and number < 6 else None,
        )
        if version != "5" and self.often(0.5):
            claims.pop("rsub")
        if version in ("3", ...) and self.often(0.5):
            claims.pop("tId")
        return self.mint.header(kid=kid, version=version), claims

    def made(self, told: str, header: dict[str, Any], claims: dict[str, Any], **more) -> tuple[str, str, str | None]:
        anti_csrf = claims.get("antiCsrfToken")
        token = self.mint.token(claims, header=header, **more)
        return told, token, anti_csrf if isinstance(anti_csrf, str) else None

    def good(self) -> tuple[str, str, str | None]:
        header, claims = self.parts()
        if self.often(0.06):
            claims["parentRefreshTokenHash1"] = self.rng.choice(["1" * 64, "", " "])
            return self.made("good, with parentRefreshTokenHash1", header, claims)
        return self.made("good", header, claims)

    def odd_claims(self) -> tuple[str, str, str | None]:
        header, claims = self.parts()
        told = []
        for name in self.rng.sample(CLAIMS, self.rng.choice([1, 1, 1, 2])):
            if self.often(0.25) and name in claims:
                del claims[name]
                told.append(f"no {name}")
            else:
                claims[name] = self.rng.choice(MISTYPED)
                told.append(f"{name}={claims[name]!r}")
        return self.made(", ".join(told), header, claims)

    def odd_times(self) -> tuple[str, str, str | None]:
        header, claims = self.parts()
        rng, now = self.rng, int(time.time())
        name = rng.choice(["exp", "iat", "nbf"])
        # An iat that is up to a minute ahead is a difference by design, and has a test of its own.
        near = [-3, -2, -1, 0] if name == "iat" else [-3, -2, -1, 0, 1, 2, 3]
        ahead = rng.choice([*near, *near, -61, -3600, -(10**9), 70, 3600, 10**9, 10**15])
        value: Any = now + ahead + rng.choice([0, 0, 0, 0.25, 0.5, 0.999] if ahead < 0 or name != "iat" else [0])
        if name == "nbf" and self.often(0.3):
            value = str(int(value))
        claims[name] = value
        return self.made(f"{name}=now{ahead:+} {type(value).__name__}", header, claims)

    def odd_header(self) -> tuple[str, str, str | None]:
        header, claims = self.parts()
        name = self.rng.choice([*HEADER])
        value = self.rng.choice(HEADER[name])
        if value is ...:
            header.pop(name, None)
        else:
            header[name] = value
        told, token, anti_csrf = self.made(f"header {name}={str(value)[:40]!r}", header, claims)
        message = token.rpartition(".")[0]
        if value == "HS256":
            public = self.mint.keys[self.mint.dynamic].public_key()
            mac = HMAC(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), SHA256())
            mac.update(message.encode())
            token = f"{message}.{base64.urlsafe_b64encode(mac.finalize()).rstrip(b'=').decode()}"
        elif name == "alg" and self.often(0.3):
            token = f"{message}."
        return told, token, anti_csrf

    def tampered(self) -> tuple[str, str, str | None]:
        header, claims = self.parts()
        _, token, anti_csrf = self.made("", header, claims)
        rng = self.rng
        parts = token.split(".")
        part = rng.randrange(3)
        text = parts[part]
        at = rng.choice([rng.randrange(len(text)), len(text) - 1])
        how = rng.choice(["changed", "removed", "added", "padded", "swapped", "emptied", "other"])
        if how == "changed":
            text = text[:at] + rng.choice("Aa0_-+/=!%~ \t\0é\ud800") + text[at + 1 :]
        elif how == "removed":
            text = text[:at] + text[at + 1 :]
        elif how == "added":
            text = text[:at] + rng.choice("Aa_=!.\n ") + text[at:]
        elif how == "padded":
            text += "=" * rng.randint(1, 5)
        elif how == "swapped":
            text = text.replace("-", "+").replace("_", "/")
        elif how == "emptied":
            text = ""
        else:
            text = self.made("", *self.parts())[1].split(".")[part]
        parts[part] = text
        return f"part {part} {how}", ".".join(parts), anti_csrf

    def misspelled(self) -> tuple[str, str, str | None]:
        """Spell a part as base64 is not to be spelled, and sign that."""
        header, claims = self.parts()
        how = self.rng.choice(["padded", "three padded", "junk", "last bits", "plain alphabet"])
        part = self.rng.randrange(2)

        def respelled(text: str) -> str:
            if how == "padded":
                return text + "=" * (-len(text) % 4)
            if how == "three padded":
                return f"{text}==="
            if how == "junk":
                return f"{text[:5]}!{text[5:]}"
            if how == "plain alphabet":
                return text.replace("-", "+").replace("_", "/")
            alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1] if len(text) % 4 else text

        def spelled(one: str, two: str) -> tuple[str, str]:
            return (respelled(one), two) if part == 0 else (one, respelled(two))

        # Where nothing can be misspelled, a longer payload makes room.
        claims["custom"] = "?>" * self.rng.randrange(1, 4)
        return self.made(f"signed with part {part} {how}", header, claims, spelled=spelled)

    def junk(self) -> tuple[str, str, str | None]:
        junk = [
            "", " ", "x", "a.b.c", "..", "a.b", ".", "a.b.c.d", "e30.e30.e30", "W10.W10.x", "bnVsbA.bnVsbA.x", "é",
            "a" * 16_384, "eyJ" * 3000 + "." + "W" * 5000 + ".x", "{}", "null", "undefined", "%", "%00", "%FF.%FE.x",
        ]  # fmt: skip
        nested = base64url(b"[" * MAX_DEPTH)
        return self.rng.choice([("junk", self.rng.choice(junk), None), ("nested", f"{nested}.{nested}.x", None)])

    def cookies(self, token: str) -> tuple[str, str]:
        rng = self.rng
        how = rng.choices(
            [
                "plain",
                "quoted",
                "dots encoded",
                "all encoded",
                "blanks",
                "tab",
                "no value",
                "no equals sign",
                "half quoted",
            ],
            [70, 3, 3, 2, 2, 1, 1, 1, 1],
        )[0]
        value = {
            "plain": token, "quoted": f'"{token}"', "dots encoded": token.replace(".", "%2E"),
            "all encoded": quote(token, safe="", errors="replace"), "blanks": f"  {token}  ",
            "tab": f"\t{token}", "no value": "", "no equals sign": "", "half quoted": f'"{token}',
        }[how]  # fmt: skip
        pairs = ["sAccessToken" if how == "no equals sign" else f"sAccessToken={value}"]
        if self.often(0.08):
            first = {"junk": "x", "empty": "", "first with =": "x=y", "first padded": f"{token}=="}
            second = {
                "twice": token, "two tokens": self.token()[1], "second empty": "", "second junk": "x",
                "second with =": "x=y", "second padded": f"{token}==", "two padded": f"{self.token()[1]}==",
            }  # fmt: skip
            how = rng.choice([*first, *second])
            name = rng.choice(["sAccessToken"] * 5 + ["%73AccessToken", " sAccessToken\t", "sAccess%54oken"])
            pairs = [f"{name}={first[how]}", *pairs] if how in first else [*pairs, f"{name}={second[how]}"]
            how = f"duplicate {how} as {name}"
        others = [
            "theme=dark", "xsAccessToken=x", "sAccessTokenX=x", "saccesstoken=x", "sRefreshToken=a.b%2Fc", "=x", "",
            "sFrontToken=eyJ9", "a b=c", "st-last-access-token-update=1", 'q="a"', "%73AccessToken=x",
            "%73AccessToken=x=y", '"sAccessToken"=x', "SACCESSTOKEN=x", "a=b==",
        ]  # fmt: skip
        for other in rng.sample(others, rng.randrange(3)):
            pairs.insert(rng.randrange(len(pairs) + 1), other)
        if self.often(0.02):
            legacy = rng.choice(["sIdRefreshToken=x", "sIdRefreshToken=", "sIdRefreshToken", "xsIdRefreshToken=x"])
            pairs.append(legacy)
            how = f"{how} with {legacy}"
        return f"cookie {how}", rng.choice(["; ", ";", " ;  "]).join(pairs)

    def answer(self) -> tuple[int, bytes]:
        rng = self.rng
        if self.often(0.2):
            return rng.choice(STATUSES), rng.choice([b"", b"no", *self.bodies(), b"{}"])
        if self.often(0.3):
            return 200, rng.choice(BODIES)
        return 200, rng.choice([*self.bodies()])

    def bodies(self) -> Iterator[bytes]:
        """Answers of a core, each also with one field less, or of none."""
        session = {
            "handle": "h-2",
            "userId": "u-2",
            "recipeUserId": "r-2",
            "userDataInJWT": {"a": 1},
            "tenantId": "t-2",
        }
        expiry = (self.now + 1800) * 1000
        new = self.mint.token(
            self.mint.claims(exp=self.now + 1800, iat=self.now, sub="u-2", tId="t-2", rsub="r-2", sessionHandle="h-2"),
            header=self.mint.header(kid=self.mint.dynamic if self.dynamic else self.mint.static),
        )
        token = {"token": new, "expiry": expiry, "createdTime": self.now * 1000}
        whole: list[dict[str, Any]] = [
            {"status": "OK", "session": session},
            {"status": "OK", "session": session, "accessToken": token},
            {"status": "UNAUTHORISED", "message": "Session missing in db"},
            {"status": "TRY_REFRESH_TOKEN", "message": "Access token expired"},
        ]
        for answer in whole:
            yield from [json.dumps(answer).encode()] * 4
            for name, value in answer.items():
                yield json.dumps({key: given for key, given in answer.items() if key != name}).encode()
                if name != "status":
                    # An unknown status is a difference by design, and has a test of its own.
                    yield json.dumps(answer | {name: None}).encode()
                if isinstance(value, dict):
                    for inner in value:
                        less = {key: given for key, given in value.items() if key != inner}
                        yield json.dumps(answer | {name: less}).encode()


@pytest.mark.parametrize("group", GROUPS)
def test_the_decision_is_the_sdks(both, mint, telling_core, record_property, seen_tokens, group):
    seed = seeds.DIFFERENTIAL
    count = -(-COUNT // len(GROUPS))
    said = f"DIFFERENTIAL_SEED={seed} DIFFERENTIAL_COUNT={COUNT} ({group}: {count} requests)"
    record_property("differential", said)
    rng = random.Random(f"{seed} {group}")
    deciders = both(**GROUPS[group])
    maker = Maker(rng, mint, telling_core, GROUPS[group])
    kinds: dict[str, int] = {}
    differing: dict[tuple[str, ...], str] = {}

    for _ in range(count):
        made = maker.case()
        sdk, ours = deciders.decide(made, sdk_first=maker.often(0.5))
        kinds[sdk.kind] = kinds.get(sdk.kind, 0) + 1
        found = sdk.differences(ours)
        if found:
            differing.setdefault(
                (sdk.kind, ours.kind, *found, made.told.partition(";")[0]), shown(made, sdk, ours, found)
            )

    assert not differing, "\n\n".join(
        [f"{len(differing)} kinds of differences; {said}", *[*differing.values()][:SHOWN]]
    )
    # Enough of each, or the requests that are made up have drifted to one side.
    assert min(kinds.get(kind, 0) for kind in ("verified", "try-refresh", "unauthorised", "anonymous")) > count / 50


def shown(made: Case, sdk: Decision, ours: Decision, found: list[str]) -> str:
    lines = [
        f"{made.told}: {', '.join(found)}",
        f"  {made.options} {made.request.method} {made.request.headers.items()}",
    ]
    lines += [f"  cookie {made.request.cookies.header}"]
    for name in found:
        one, two = getattr(sdk, name), getattr(ours, name)
        if name == "facts":
            differing = [key for key in one if one[key] != two[key]]
            one, two = ({key: said[key] for key in differing} for said in (one, two))
        lines += [f"  SDK  {name} {one}", f"  ours {name} {two}"]
    # Half a character is one that no report can hold.
    return "\n".join(line[:1500].encode("utf-8", "backslashreplace").decode() for line in lines)


def unicode_cut(token: str) -> str:
    return f"{token[:-1]}\ud800"


SESSION = {"handle": "h-2", "userId": "u-2", "recipeUserId": "r-2", "userDataInJWT": {}, "tenantId": "t-2"}


def told_by_the_core(mint, *, without: str = "", **changes) -> tuple[int, bytes]:
    """Give the core's answer with a new token; `without` names what is missing, in the token where it is dotted."""
    claims = mint.claims(sub="u-2", rsub="r-2", tId="t-2", sessionHandle="h-2")
    token = {"token": mint.token(claims), "expiry": claims["exp"] * 1000, "createdTime": claims["iat"] * 1000}
    answer: dict[str, Any] = {"status": "OK", "session": dict(SESSION), "accessToken": token} | changes
    outer, _, inner = without.rpartition(".")
    (answer[outer] if outer else answer).pop(inner, None)
    return 200, json.dumps(answer).encode()


def refreshed(core, **more) -> str:
    token: str = core.refreshed(core.start_session())["accessToken"]["token"]
    return token


# By hand: what the made-up requests have shown once, and what they are unlikely to hit upon.
EDGES: dict[str, Callable[..., Case]] = {
    "a version without end": lambda mint, core: sending(mint.token(header=mint.header(version=math.inf))),
    "a version beyond a float": lambda mint, core: sending(mint.token(header=mint.header(version=10**400))),
    "half a character in the signature": lambda mint, core: sending(unicode_cut(mint.token())),
    "half a character in the Authorization header": lambda mint, core: case(
        "", authorization=f"Bearer {unicode_cut(mint.token())}"
    ),
    **{
        f"a signature with {count} of padding": lambda mint, core, count=count: sending(mint.token() + "=" * count)
        for count in range(1, 7)
    },
    "a payload with three of padding": lambda mint, core: sending(
        mint.token(spelled=lambda header, payload: (header, f"{payload}==="))
    ),
    "a payload with a character of no alphabet": lambda mint, core: sending(
        mint.token(spelled=lambda header, payload: (header, f"{payload[:4]}!{payload[4:]}"))
    ),
    "a header with a character of no alphabet": lambda mint, core: sending(
        mint.token(spelled=lambda header, payload: (f"{header[:4]}!{header[4:]}", payload))
    ),
    "a payload in the alphabet of plain base64": lambda mint, core: sending(
        mint.token(custom="?>?>", spelled=lambda header, payload: (header, payload.replace("-", "+").replace("_", "/")))
    ),
    "b64 null": lambda mint, core: sending(mint.token(header=mint.header(b64=None))),
    "b64 true": lambda mint, core: sending(mint.token(header=mint.header(b64=True))),
    "b64 true and critical": lambda mint, core: sending(mint.token(header=mint.header(b64=True, crit=["b64"]))),
    "b64 false and critical": lambda mint, core: sending(mint.token(header=mint.header(b64=False, crit=["b64"]))),
    "a key id that is a number": lambda mint, core: sending(mint.token(header=mint.header(kid=5))),
    "a key id that is a list": lambda mint, core: sending(mint.token(header=mint.header(kid=[mint.dynamic]))),
    "an empty rsub": lambda mint, core: sending(mint.token(rsub="")),
    "a blank rsub": lambda mint, core: sending(mint.token(rsub=" ")),
    "an empty tId": lambda mint, core: sending(mint.token(tId="")),
    "an rsub that is no text": lambda mint, core: sending(mint.token(rsub=5, header=mint.header(version="4"))),
    "an exp that is a float": lambda mint, core: sending(mint.token(exp=int(time.time()) + 60.5)),
    "an exp beyond milliseconds": lambda mint, core: sending(mint.token(exp=1e306)),
    "a second cookie with = in its value": lambda mint, core: case(
        "", cookie=f"sAccessToken={mint.token()}; sAccessToken=x=y"
    ),
    "a second cookie whose name is percent-encoded": lambda mint, core: case(
        "", cookie=f"sAccessToken={mint.token()}; %73AccessToken=x"
    ),
    "a new token, and an anti-csrf header": lambda mint, core: case(
        "", cookie=f"sAccessToken={refreshed(core)}", anti_csrf="x"
    ),
    "a new token in a header, and an anti-csrf header": lambda mint, core: case(
        "", authorization=f"Bearer {refreshed(core)}", anti_csrf="x"
    ),
    "a session that has ended": lambda mint, core: checked(
        mint, (200, b'{"status":"UNAUTHORISED","message":"Session missing in db"}')
    ),
    "the core says unauthorised and no more": lambda mint, core: checked(mint, (200, b'{"status":"UNAUTHORISED"}')),
    "the core says try refresh and no more": lambda mint, core: checked(mint, (200, b'{"status":"TRY_REFRESH_TOKEN"}')),
    **{
        f"the core says all but {name}": lambda mint, core, name=name: checked(
            mint, told_by_the_core(mint, without=name)
        )
        for name in (
            "accessToken", "accessToken.token", "accessToken.expiry", "accessToken.createdTime", "session",
            "session.handle", "session.userId", "session.recipeUserId", "session.userDataInJWT", "session.tenantId",
            "status",
        )
    },
    "the core's new token is null": lambda mint, core: checked(mint, told_by_the_core(mint, accessToken=None)),
    "the core's tenant is null": lambda mint, core: checked(
        mint, told_by_the_core(mint, session=SESSION | {"tenantId": None})
    ),
    "the core's expiry is not the token's": lambda mint, core: checked(
        mint, told_by_the_core(mint, accessToken={"token": mint.token(), "expiry": 1, "createdTime": 1})
    ),
}  # fmt: skip


def sending(token: str) -> Case:
    return case("", cookie=f"sAccessToken={token}")


def checked(mint, answer: tuple[int, bytes]) -> Case:
    options = VerifyOptions(check_database=True)
    return case("", cookie=f"sAccessToken={mint.token()}", options=options, answer=answer)


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_is_decided_alike(both, mint, telling_core, edge):
    deciders = both()
    made = EDGES[edge](mint, telling_core)

    sdk, ours = deciders.decide(made)

    found = sdk.differences(ours)
    assert not found, shown(made, sdk, ours, found)


def test_keys_that_rotate_are_taken_over_alike(both, mint, telling_core):
    old, new = (sending(mint.token(header=mint.header(kid=kid))) for kid in (mint.dynamic, mint.other_dynamic))
    deciders = both()

    def kinds(made):
        return tuple(decision.kind for decision in deciders.decide(made))

    telling_core.more_keys = [mint.jwk(mint.dynamic)]
    assert kinds(old) == ("verified", "verified")
    telling_core.more_keys = [mint.jwk(mint.other_dynamic)]
    assert kinds(old) == ("verified", "verified")
    assert telling_core.fetches == 2
    time.sleep(0.6)  # the cool-down of both
    assert kinds(new) == ("verified", "verified")
    assert telling_core.fetches == 4
    assert kinds(old) == ("try-refresh", "try-refresh")
    assert telling_core.fetches == 4


@pytest.mark.parametrize(
    "answer", [(429, b""), (500, b"oops"), (200, b"<!doctype html>"), (200, b"[]"), (200, b'{"status":"OK"}')]
)
def test_where_the_sdk_raises_nobody_can_tell(both, mint, answer):
    sdk, ours = both().decide(checked(mint, answer), again=0)

    assert (sdk.kind, ours.kind) == ("unavailable", "unavailable")


def test_what_python_cannot_parse_is_no_token_to_either(both):
    nested = base64url(b"[" * 9000)
    deciders = both()

    with no_garbage_collection():
        sdk, ours = deciders.decide(sending(f"{nested}.{nested}.x"))

    assert (sdk.kind, ours.kind) == ("unauthorised", "unauthorised")


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Let no destructor run while the SDK is at Python's recursion limit, where it fails (Python 3.11)."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class TestADifferenceByDesign:
    def test_deeply_nested_json_is_no_token(self, both, mint):
        nested: list[Any] = []
        for _ in range(MAX_DEPTH):
            nested = [nested]
        sdk, ours = both().decide(sending(mint.token(custom=nested)))

        assert (sdk.kind, ours.kind) == ("verified", "unauthorised")

    def test_keys_out_of_reach_are_no_reason_to_refresh(self, both, mint, dead_port):
        sdk, ours = both(CONNECTION_URI=dead_port.uri).decide(sending(mint.token()))

        assert (sdk.kind, ours.kind) == ("try-refresh", "unavailable")

    @pytest.mark.parametrize(
        ("answer", "by_sdk"),
        [
            ((200, b'{"status":"WHATEVER","message":"x"}'), "try-refresh"),
            ((200, b'{"status":null,"message":"x"}'), "try-refresh"),
            ((201, json.dumps({"status": "OK", "session": SESSION}).encode()), "verified"),
            ((302, json.dumps({"status": "OK", "session": SESSION}).encode()), "verified"),
        ],
    )
    def test_an_answer_that_no_core_gives_is_no_reason_to_refresh(self, both, mint, answer, by_sdk):
        sdk, ours = both().decide(checked(mint, answer))

        assert (sdk.kind, ours.kind) == (by_sdk, "unavailable")

    @pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256"])
    def test_one_algorithm_is_enough(self, both, mint, alg):
        sdk, ours = both().decide(sending(mint.token(header=mint.header(alg=alg))))

        assert (sdk.kind, ours.kind) == ("verified", "try-refresh")

    @pytest.mark.parametrize(("ahead", "ours_is"), [(5, "verified"), (57, "verified"), (64, "try-refresh")])
    def test_the_clock_that_issued_a_token_may_be_ahead(self, both, mint, ahead, ours_is):
        sdk, ours = both().decide(sending(mint.token(iat=int(time.time()) + ahead)))

        assert (sdk.kind, ours.kind) == ("try-refresh", ours_is)

    @pytest.mark.parametrize("second", ["", "x", "the same"])
    @pytest.mark.parametrize(("event_source", "by_sdk"), [("http api", "verified"), ("rest api", "try-refresh")])
    def test_duplicate_cookies_are_seen_at_every_event_source(self, both, mint, event_source, by_sdk, second):
        deciders, token = both(), mint.token()
        event = event_of(
            event_source, [f"sAccessToken={token}", f"sAccessToken={token if second == 'the same' else second}"]
        )
        request = request_of(event)

        class FromTheEvent(AsSent):
            """The SDK's look for duplicates in the Cookie header, which not every event has."""

            def get_header(self, key: str) -> str | None:
                found: str | None = event["headers"].get(key)
                return found

        sdk = by_the_sdk(request, VerifyOptions(), exchange_of(FromTheEvent))
        assert (sdk.kind, by_us(deciders.verifier, request, VerifyOptions()).kind) == (by_sdk, "try-refresh")

    @pytest.mark.parametrize("event_source", ["http api", "rest api"])
    def test_a_quoted_cookie_loses_its_quotes(self, both, mint, event_source):
        deciders, quoted = both(), f'"{mint.token()}"'
        event = event_of(event_source, [f"sAccessToken={quoted}"])
        request = request_of(event)

        class Quoted(AsSent):
            def get_cookie(self, key: str) -> str | None:
                return quoted if key == "sAccessToken" else None

        sdk = by_the_sdk(request, VerifyOptions(), exchange_of(Quoted))
        assert (sdk.kind, by_us(deciders.verifier, request, VerifyOptions()).kind) == ("try-refresh", "verified")

    @pytest.mark.parametrize(
        ("cookies", "by_sdk"),
        [
            ("sAccessToken={0}; sAccessToken={1}", "try-refresh"),
            ("sAccessToken={0}; sAccessToken=x=y", "verified"),
            ("sAccessToken={0}; sAccessToken={1}==", "verified"),
            ("sAccessToken={0}==; sAccessToken={1}", "verified"),
            ("sAccessToken={0}; sAccessToken==", "verified"),
            ("sAccessToken={0}; %73AccessToken={1}=", "verified"),
            ("sAccessToken={0}%3D%3D; sAccessToken={1}", "try-refresh"),
        ],
    )
    def test_two_session_cookies_are_two_however_they_are_spelled(self, both, mint, cookies, by_sdk):
        made = case("", cookie=cookies.format(mint.token(), mint.token(sub="user-2")))

        assert self.kinds(both(), made) == (by_sdk, "try-refresh", "try-refresh")

    @pytest.mark.parametrize("by", ["cookie", "authorization"])
    @pytest.mark.parametrize("part", ["header", "payload", "signature"])
    def test_a_token_has_one_spelling(self, both, mint, part, by):
        def spelled(header: str, payload: str) -> tuple[str, str]:
            return padded(header) if part == "header" else header, padded(payload) if part == "payload" else payload

        # Of three lengths, at least one wants padding.
        tokens = [
            mint.token(custom="x" * more, header=mint.header(cty="x" * more), spelled=spelled) for more in range(1, 4)
        ]
        if part == "signature":
            tokens = [f"{message}.{padded(signature)}" for message, _, signature in (t.rpartition(".") for t in tokens)]
        token = next(token for token in tokens if "=" in token)
        made = case("", **({"cookie": f"sAccessToken={token}"} if by == "cookie" else {by: f"Bearer {token}"}))

        assert self.kinds(both(), made) == ("verified", "try-refresh", "try-refresh")

    def kinds(self, deciders, made):
        """Return the decision of the SDK, of the SDK behind our requests, and ours."""
        shown_by_us = by_the_sdk(made.request, made.options, SdkCall)
        ours = by_us(deciders.verifier, made.request, made.options)
        return by_the_sdk(made.request, made.options).kind, shown_by_us.kind, ours.kind


def request_of(event: dict[str, Any]) -> Request:
    event_source = event_source_of(event)
    assert event_source is not None
    return event_source.request(event, "")


def event_of(event_source: str, cookies: list[str]) -> dict[str, Any]:
    if event_source == "http api":
        context = {"stage": "$default", "http": {"method": "GET", "path": "/page"}}
        return {"version": "2.0", "rawPath": "/page", "headers": {}, "cookies": cookies, "requestContext": context}
    headers = {"cookie": "; ".join(cookies)}
    return {
        "resource": "/page", "path": "/page", "httpMethod": "GET", "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"stage": "Prod", "path": "/page", "httpMethod": "GET"},
    }  # fmt: skip
