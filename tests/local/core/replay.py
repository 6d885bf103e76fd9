"""Plays conversations that a genuine core had against another core, and tells what that one answers otherwise.

Each line of a file is one exchange. Values that differ from core to core are placeholders, ``<kind-number>``: the first
answer binds one, and later answers must agree with it.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

FOLDER = Path(__file__).with_name("conversations")

_PLACEHOLDER = re.compile(r"<([a-z-]+)-\d+>")
_TOTP = re.compile(r"<totp of (\S+) at ([+-]\d+) of (\d+)s>")
_FORMATS = {
    "user": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "session": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(_[a-z0-9-]+)?",
    "token": r"[A-Za-z0-9]{128}",
    "device": r"[A-Za-z0-9+/]{43}=",
    "preauth": r"[\w-]{43}",
    "linkcode": r"[\w-]{43}",
    "usercode": r"[0-9]{6}",
    "secret": r"[A-Z2-7]{32}",
    "refresh": r".*\.V2",
    "kid": r"s-.{36}|d-[0-9]{13}",
}
_TIMES = {"ms", "whole-ms", "s", "wait-ms"}
_FREE = {"whole-ms", "s", "wait-ms"}
"""Kinds of which two with the same number may differ, and two with different ones agree."""
_SETS = {
    *("emails", "phoneNumbers", "tenantIds", "firstFactors", "requiredSecondaryFactors", "versions"),
    *("sessionHandles", "sessionHandlesRevoked"),
}
"""Lists that the core makes of a set."""


class Time(Protocol):
    """The time of the core, as far as the player knows it, and how it passes."""

    def __call__(self) -> float: ...

    def move(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Scenario:
    """Exchanges that begin with an empty database."""

    name: str
    exchanges: tuple[dict[str, Any], ...]

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the core that differ from the defaults."""
        settings: dict[str, Any] = self.exchanges[0].get("core_config", {})
        return settings

    @property
    def paid_features(self) -> bool:
        """Whether the core had those features."""
        return self.exchanges[0].get("paid_features") is not False

    @property
    def needs_own_core(self) -> bool:
        """Whether it is about more than one app of a core."""
        return bool(self.settings) or self.name.startswith(("multitenancy/", "paid-features/"))

    @property
    def has_totp(self) -> bool:
        """Whether it has codes of the time."""
        return any("<totp of" in json.dumps(exchange["request"]) for exchange in self.exchanges)


def scenarios() -> Iterator[Scenario]:
    for file in sorted(FOLDER.glob("*.jsonl")):
        found: dict[str, list[dict[str, Any]]] = {}
        for line in file.read_text().splitlines():
            exchange = json.loads(line)
            found.setdefault(exchange["scenario"], []).append(exchange)
        for name, exchanges in found.items():
            yield Scenario(f"{file.stem}/{name}", tuple(exchanges))


@dataclass
class Values:
    """What placeholders stand for."""

    now: Time
    bound: dict[str, Any] = field(default_factory=dict)

    def filled(self, value: Any) -> Any:
        """Return a value with what is known of its placeholders."""
        match value:
            case dict():
                return {self.filled(name): self.filled(inner) for name, inner in value.items()}
            case list():
                return [self.filled(inner) for inner in value]
            case str() if found := _TOTP.fullmatch(value):
                return _totp(self.filled(found[1]), int(self.now()) // int(found[3]) + int(found[2]))
            case str() if value.endswith(" unpadded>"):
                return self.filled(value.removesuffix(" unpadded>") + ">").rstrip("=")
            case str():
                return self._placed(value)
            case _:
                return value

    def _placed(self, value: str) -> Any:
        found = _PLACEHOLDER.fullmatch(value)
        if found is None:
            return _PLACEHOLDER.sub(lambda found: str(self.bound.get(found[0], found[0])), value)
        if value not in self.bound and found[1] in _TIMES:
            self.bound[value] = int(self.now()) * (1 if found[1] == "s" else 1000)
        return self.bound.get(value, value)

    def differences(self, expected: Any, actual: Any, place: str = "") -> Iterator[str]:
        """Compare an answer with what was expected, and bind the placeholders that are new."""
        match expected, actual:
            case dict(), dict():
                named = {self.filled(name): value for name, value in expected.items()}
                if named.keys() != actual.keys():
                    yield f"{place or 'answer'} has other fields: {sorted(named.keys() ^ actual.keys())}"
                for name in named.keys() & actual.keys():
                    one, other = named[name], actual[name]
                    if name in _SETS and isinstance(one, list) and isinstance(other, list):
                        one, other = sorted(self.filled(one)), sorted(other)
                    yield from self.differences(one, other, f"{place}.{name}")
            case list(), list() if len(expected) == len(actual):
                for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
                    yield from self.differences(one, other, f"{place}[{number}]")
            case str(), _ if found := _PLACEHOLDER.fullmatch(expected):
                if not self._agrees(expected, found[1], actual):
                    yield f"{place} is not {expected}"
            case _:
                filled = self.filled(expected)
                if filled != actual or isinstance(filled, bool) != isinstance(actual, bool):
                    yield f"{place or 'answer'} is {actual!r}, not {filled!r}"

    def _agrees(self, placeholder: str, kind: str, actual: Any) -> bool:
        if kind not in _FREE and placeholder in self.bound:
            return bool(self.bound[placeholder] == actual)
        self.bound[placeholder] = actual
        if kind in _TIMES:
            return isinstance(actual, int)
        return isinstance(actual, str) and re.fullmatch(_FORMATS.get(kind, ".*"), actual, re.DOTALL) is not None


async def play(
    scenario: Scenario, http: httpx.AsyncClient, time: Time, app_id: str | None = None
) -> dict[int, list[str]]:
    """Return what differs, by the number of the exchange.

    Parameters
    ----------
    scenario, http
        What to play, and where.
    time
        The time there.
    app_id
        An app to play it in, of which answers speak as if it were the default one.
    """
    values, differing = Values(time), {}
    for exchange in scenario.exchanges:
        # The genuine core was asked at least 4 ms after its last answer, so that no two users joined at once.
        time.move(max(0.004, exchange.get("wait_ms_before", 0) / 1000))
        response = await _ask(exchange["request"], http, values, app_id)
        if found := list(_judged(exchange, response, values, app_id)):
            differing[exchange["step"]] = found
    return differing


async def _ask(asked: dict[str, Any], http: httpx.AsyncClient, values: Values, app_id: str | None) -> httpx.Response:
    body = asked.get("body_text")
    if body is None and asked["body"] is not None:
        body = json.dumps(values.filled(asked["body"]))
    return await http.request(
        asked["method"],
        f"/appid-{app_id}{values.filled(asked['path'])}" if app_id else values.filled(asked["path"]),
        params=values.filled(asked["query"]) or None,
        headers=asked["headers"],
        content=body,
    )


def _judged(exchange: dict[str, Any], response: httpx.Response, values: Values, app_id: str | None) -> Iterator[str]:
    expected = exchange["response"]
    if response.status_code != expected["status"]:
        yield f"HTTP status {response.status_code}, not {expected['status']}: {response.text[:100]}"
        return
    is_json = response.headers["content-type"].replace(" ", "").lower() == "application/json;charset=utf-8"
    text = response.text.replace(f"(, {app_id}, ", "(, public, ") if app_id else response.text
    yield from values.differences(expected["body"], response.json() if is_json else text)
    for placeholder, token in exchange.get("jwts", {}).items():
        if placeholder in values.bound:
            header, payload, _ = values.bound[placeholder].split(".")
            actual = {"header": _decoded(header), "payload": _decoded(payload)}
            yield from values.differences(token, actual, placeholder)


def _decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _totp(secret: str, step: int) -> str:
    if secret.startswith("<"):
        return "000000"  # of a device that was never made
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1)
    number = int.from_bytes(digest[digest[-1] & 15 :][:4]) & 0x7FFFFFFF
    return f"{number % 10**6:06}"
