"""A plugin of pytest that reads every line the suite logs or prints, and fails the test that gives a secret away.

What is read: all log records of the process from DEBUG on, with their tracebacks; what a test writes to the standard
streams and pytest captures; and each line of the local gateway's console, to which the functions' processes log and
print. Each worker of pytest-xdist reads its own.

What is a secret: whatever looks like a token, a cookie of the session or a private key, and each password, anti-CSRF
token and key that a core in this process was sent or has given out.

What is not read: the SDK's own debugging, which is off unless SUPERTOKENS_DEBUG is set, and the two libraries below.
"""

import logging
import re
from collections.abc import Callable, Generator, Iterator
from functools import wraps
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from supertokens_lambda._http.json_text import parse_json
from supertokens_lambda_local.core.transport import Transport
from supertokens_lambda_local.gateway.console import Console

# For DEBUG they log whatever they receive, cookies too, and the tests themselves are their users.
_INDISCREET = ("httpcore", "botocore")

_SHAPES = {
    "a token": re.compile(r"eyJ[\w-]{12,}"),
    "a refresh token": re.compile(r"[0-9a-f]{64}\.V2\b"),
    "a cookie": re.compile(r"\bs(?:Access|Refresh|IdRefresh|Front)Token=[^;\s]|\bsAntiCsrf=[^;\s]"),
    "a core's key": re.compile(r"\bapi-key\b\W{1,4}\w", re.IGNORECASE),
    "a private key": re.compile("PRIVATE KEY-----"),
}
_FIELDS = re.compile(r"(?i)password|anticsrftoken|^token$")
_SHORTEST = 8  # letters: what is shorter is among other words by chance


class Watch(logging.Handler):
    """The lines that have not been read yet, and the secrets that are known."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self._lines: list[str] = []
        self._secrets: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.hear(self.format(record))

    def hear(self, line: str, *_: object) -> None:
        self._lines.append(line)

    def learn(self, value: Any) -> None:
        """Remember the secrets of a JSON document, and those of form fields of SuperTokens' kind."""
        match value:
            case {"id": str(name), "value": str(secret)}:
                self._remember(name, secret)
            case dict():
                for name, inner in value.items():
                    self._remember(name, inner)
                    self.learn(inner)
            case list():
                for inner in value:
                    self.learn(inner)

    def leaks(self, *captured: str) -> list[str]:
        """Tell what kinds of secrets are in the lines since the last time, and in what was captured."""
        lines, self._lines = self._lines, []
        text = "\n".join([*lines, *captured])
        found = [kind for kind, shape in _SHAPES.items() if shape.search(text)]
        return found + ["a password or a key"] * any(secret in text for secret in self._secrets)

    def overhear(self, request: Request, body: bytes) -> None:
        self._remember("password", request.headers.get("api-key", ""))
        self._learn_json(body)

    def overhear_answer(self, answer: Response) -> None:
        self._learn_json(bytes(answer.body))

    def _learn_json(self, text: bytes) -> None:
        try:
            self.learn(parse_json(text))
        except ValueError:
            return

    def _remember(self, name: str, secret: object) -> None:
        if isinstance(secret, str) and _FIELDS.search(name) and len(secret) >= _SHORTEST:
            self._secrets.add(secret)


_WATCH = pytest.StashKey[Watch]()


@pytest.fixture(scope="session", autouse=True)
def _eavesdropping(pytestconfig: pytest.Config) -> Iterator[None]:
    watch = pytestconfig.stash[_WATCH]
    root = logging.getLogger()
    level = root.level
    root.addHandler(watch)
    root.setLevel(logging.DEBUG)
    for name in _INDISCREET:
        logging.getLogger(name).setLevel(logging.INFO)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Console, "line", _before(Console.line, watch.hear))
        patch.setattr(Transport, "_answer", _around(Transport._answer, watch))
        yield
    root.setLevel(level)
    root.removeHandler(watch)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_WATCH] = Watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # What was captured is told again in the report of each later phase.
    captured = [text for _, text in report.sections] if call.when == "teardown" else []
    if leaks := item.config.stash[_WATCH].leaks(*captured):
        report.outcome = "failed"
        report.longrepr = f"{report.longrepr or ''}\nlogged or printed by {item.nodeid}: {', '.join(leaks)}"
    return report


def _before(function: Callable[..., None], listen: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def heard(self: object, *arguments: Any) -> None:
        listen(*arguments)
        function(self, *arguments)

    return heard


def _around(function: Callable[..., Response], watch: Watch) -> Callable[..., Response]:
    @wraps(function)
    def overheard(self: object, request: Request, body: bytes) -> Response:
        watch.overhear(request, body)
        answer = function(self, request, body)
        watch.overhear_answer(answer)
        return answer

    return overheard
