"""Tabs of one browser that refresh at once, through instances of the function that share nothing but the table.

The same rounds once with the reuse interval and once without: without it they have to come to thefts, or they would
prove nothing. ``REFRESH_RACE_ROUNDS`` sets how many there are; their seed is in
`tests.support.seeds`.
"""

import os
import random
import select
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import boto3
import httpx
import pytest
from tests.support import seeds
from tests.support.authorities import one_authority
from tests.support.aws import aws_process
from tests.support.core import Core
from tests.support.refresh_table import create_refresh_table

from .functions import Instance, Outcome, instances

ROUNDS = int(os.environ.get("REFRESH_RACE_ROUNDS", "200"))
TABS = range(2, 9)
ORIGIN = "http://localhost:3000"
REFRESH = "/auth/session/refresh"
TABLE = "refreshes"


@dataclass
class Jar:
    """The cookies that all tabs of a browser share."""

    cookies: dict[str, str] = field(default_factory=dict)

    def take(self, answer: dict[str, Any]) -> None:
        for header in answer.get("cookies", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]

    def navigation(self, path: str, query: str = "") -> dict[str, Any]:
        return self._event("GET", path, query, {"sec-fetch-dest": "document", "accept": "text/html"})

    def refresh(self, *, by_script: bool) -> dict[str, Any]:
        if not by_script:
            return self.navigation(REFRESH, "redirectBack=/dashboard")
        return self._event("POST", REFRESH, "", {"rid": "session", "st-auth-mode": "cookie", "sec-fetch-dest": "empty"})

    def _event(self, method: str, path: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
        sent = [f"{name}={value}" for name, value in self.cookies.items() if name != "sRefreshToken" or path == REFRESH]
        return {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"host": "localhost:3000", **headers},
            "cookies": sent,
            "requestContext": {"stage": "$default", "http": {"method": method, "path": path}},
            "isBase64Encoded": False,
        }


@dataclass
class Tally:
    """What the rounds came to."""

    refreshes: int = 0
    reused: int = 0
    thefts: int = 0
    lost: int = 0
    unavailable: int = 0
    said: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        self.refreshes += 1
        self.reused += ("refreshed", "reused") in outcome.verdicts
        self.thefts += ("token-theft", "token-theft") in outcome.verdicts
        self.unavailable += ("refresh-unavailable", "core-unreachable") in outcome.verdicts
        self.said += outcome.said


class Race:
    """Rounds of refreshes at once, each with a session of its own."""

    def __init__(self, core: httpx.Client, lambdas: list[Instance]) -> None:
        self._core = core
        self._lambdas = lambdas
        self._random = random.Random(seeds.REFRESH_RACE)
        self.tally = Tally()

    def run(self, rounds: int) -> Tally:
        for number in range(rounds):
            self._round(TABS[number % len(TABS)])
        return self.tally

    def _round(self, tabs: int) -> None:
        jar, handle = self._signed_in()
        chosen = self._random.sample(self._lambdas, tabs)
        for instance in chosen:
            instance.send("auth", jar.refresh(by_script=self._random.random() < 0.5))
        for instance, outcome in self._arrivals(chosen):
            self.tally.count(outcome)
            jar.take(outcome.answer)
            # Where this tab is sent on to its page before the next answer comes, its tokens are in use from then on.
            if self._random.random() < 0.5:
                jar.take(instance.call("dashboard", jar.navigation("/dashboard")).answer)
        visitor = self._random.choice(chosen)
        visitor.call("dashboard", jar.navigation("/dashboard"))
        # An hour later.
        later = visitor.call("auth", jar.refresh(by_script=False))
        self.tally.count(later)
        jar.take(later.answer)
        served = visitor.call("dashboard", jar.navigation("/dashboard")).answer["statusCode"] == 200
        kept = self._core.get("/recipe/session", params={"sessionHandle": handle}).json()["status"] == "OK"
        self.tally.lost += not (served and kept)

    def _arrivals(self, chosen: list[Instance]) -> Iterator[tuple[Instance, Outcome]]:
        """Give the answers as they come, or all at the end in an order of our own."""
        in_turn = self._random.random() < 0.5
        waiting, kept = [*chosen], []
        while waiting:
            for instance in select.select(waiting, [], [])[0]:
                waiting.remove(instance)
                arrived = instance, instance.receive()
                if in_turn:
                    yield arrived
                else:
                    kept.append(arrived)
        self._random.shuffle(kept)
        yield from kept

    def _signed_in(self) -> tuple[Jar, str]:
        content = self._core.post(
            "/recipe/session",
            json={
                "userId": "visitor",
                "userDataInJWT": {"iss": f"{ORIGIN}/auth"},
                "userDataInDatabase": {},
                "enableAntiCsrf": False,
                "useDynamicSigningKey": True,
            },
        ).json()
        return Jar({"sRefreshToken": content["refreshToken"]["token"]}), content["session"]["handle"]


@pytest.fixture(scope="module")
def environment(core: Core, tmp_path_factory) -> Iterator[dict[str, str]]:
    """The functions' variables, and a table in a server that speaks for AWS."""
    with aws_process() as uri:
        aws = {
            "AWS_ENDPOINT_URL": uri,
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        client = boto3.client(
            "dynamodb",
            endpoint_url=uri,
            region_name="eu-central-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        create_refresh_table(client, TABLE)
        client.close()
        yield {
            **aws,
            # To read all authorities, as each process does, takes longer than a refresh.
            "SSL_CERT_FILE": str(one_authority(tmp_path_factory.mktemp("authorities"))),
            "SUPERTOKENS_CONNECTION_URI": core.uri,
            "SUPERTOKENS_API_DOMAIN": ORIGIN,
            "SUPERTOKENS_WEBSITE_DOMAIN": ORIGIN,
            "SUPERTOKENS_REFRESH_TABLE": TABLE,
        }


@pytest.mark.parametrize("interval", ["60", "0"])
def test_tabs_that_refresh_at_once(core, environment, interval, record_property):
    variables = {**environment, "SUPERTOKENS_REFRESH_REUSE_INTERVAL": interval}
    started = time.monotonic()
    with httpx.Client(base_url=core.uri) as client, instances(max(TABS), variables) as lambdas:
        tally = Race(client, lambdas).run(ROUNDS)
    record_property(
        "figures",
        f"refresh race, interval {interval:>2} s: {ROUNDS} rounds of 2 to 8 tabs, {tally.refreshes} refreshes, "
        f"{tally.reused} reused, {tally.thefts} thefts, {tally.lost} lost sessions, {tally.unavailable} unavailable, "
        f"{time.monotonic() - started:.0f} s, REFRESH_RACE_SEED={seeds.REFRESH_RACE}",
    )
    assert not tally.unavailable
    assert not tally.said, tally.said[:5]
    if interval == "0":
        assert tally.thefts > 0
        assert tally.lost > 0
        assert tally.reused == 0
        return
    assert (tally.thefts, tally.lost) == (0, 0)
    assert tally.reused == tally.refreshes - 2 * ROUNDS
