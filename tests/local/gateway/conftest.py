"""Applications that run beside the tests, and requests made by hand."""

import io
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.support import console

from supertokens_lambda_local.server import running

APPS = Path(__file__).parent / "apps"
TEMPLATE = APPS / "http_api" / "template.yaml"
ROOT = Path(__file__).parents[3]
LOCAL = ROOT / "local"


@dataclass(frozen=True)
class App:
    """A running application."""

    url: str
    client: httpx.Client
    output: io.StringIO

    def said(self, pattern: str) -> str:
        """Wait for a line that the console shows, and give what follows it up to the next request's."""
        return console.said(self.output, pattern + r".*\n(    .*\n)*")[0]


def run(name, hosts=None, **options):
    """Run an application; paths that begin as one of `hosts` go to that host, whose name no resolver need know."""
    output = io.StringIO()

    def to_host(request):
        for beginning, host in (hosts or {}).items():
            if request.url.path.startswith(beginning):
                request.headers["host"] = host

    environment = {"SUPERTOKENS_CONNECTION_URI": "http://core.invalid", **options.pop("environment", {})}
    with (
        running(APPS / name / "template.yaml", environment=environment, output=output, **options) as url,
        httpx.Client(base_url=url, timeout=60, event_hooks={"request": [to_host]}) as client,
    ):
        yield App(url, client, output)


@pytest.fixture(scope="session")
def http_api():
    yield from run("http_api")


@pytest.fixture(scope="session")
def mixed():
    yield from run("mixed", {"/Prod/": "serverlessrestapi.localhost"})


@contextmanager
def command(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SUPERTOKENS_")}
    with subprocess.Popen(
        [sys.executable, "-m", "supertokens_lambda_local", "dev", "--template", TEMPLATE, *arguments],
        env={**inherited, "PYTHONPATH": str(LOCAL), "PYTHONWARNINGS": "error", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def started(process):
    """Give the URL, once the command has named it."""
    [url] = re.findall(r"https?://localhost:\d+", process.stdout.readline())
    return url


def ended(process):
    """Give what the command said since, once it has ended."""
    process.wait(timeout=60)
    return process.stdout.read(), process.stderr.read()


def parents():
    """Give the parent of each process that has not ended."""
    if sys.platform == "linux":
        # A small image has no ps.
        stats = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                number, _, rest = file.read_text().partition(" (")
                stats.append((number, *rest.rpartition(") ")[2].split()[:2]))
        rows = [(number, parent, state) for number, state, parent in stats]
    else:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
        rows = [tuple(line.split()) for line in listed.stdout.splitlines()]
    return {int(number): int(parent) for number, parent, state in rows if not state.startswith("Z")}


@pytest.fixture
def descendants():
    """Give the processes that a process started, and those that they started."""

    def descendants(ancestor):
        known = parents()
        found = {ancestor}
        while more := {process for process, parent in known.items() if parent in found} - found:
            found |= more
        return found - {ancestor}

    return descendants


@pytest.fixture
def ends():
    """Tell whether processes end soon."""

    def ends(*processes):
        deadline = time.monotonic() + 60
        while parents().keys() & set(processes):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return True

    return ends


@pytest.fixture
def written():
    """Wait for a number in a file."""

    def written(file):
        deadline = time.monotonic() + 60
        while not (file.exists() and file.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return int(file.read_text())

    return written
