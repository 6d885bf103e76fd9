import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest
from tests.support.http_browser import Browser

from .conftest import PASSWORD, ROOT

EMAIL = "person@example.com"


class Command:
    """The command that `make run` starts, and what it writes."""

    def __init__(self, folder, *arguments):
        self._path = folder / "output"
        self._file = self._path.open("w")
        own = {name: value for name, value in os.environ.items() if not name.startswith("SUPERTOKENS_")}
        # A group of its own: Ctrl-C goes to all of a terminal's processes, and these are not the tests'.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supertokens_lambda_local", "dev", "--port", "0", *arguments],
            cwd=ROOT,
            env={**own, "PYTHONPATH": os.pathsep.join(["layers/session", "local"]), "PYTHONWARNINGS": "error"},
            stdout=self._file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.url = self.said(r"http://localhost:\d+")

    @property
    def output(self):
        return self._path.read_text(encoding="utf-8")

    def said(self, pattern):
        """Wait for a line with a pattern."""
        deadline = time.monotonic() + 60
        while not (found := re.search(pattern, self.output)):
            assert time.monotonic() < deadline, self.output
            assert self.process.poll() is None, self.output
            time.sleep(0.01)
        return found[0]

    def end(self, number):
        os.killpg(self.process.pid, number)
        return self.process.wait(60)

    def close(self):
        if self.process.poll() is None:
            self.end(signal.SIGKILL)
        self._file.close()


@pytest.fixture
def command(tmp_path):
    with closing(Command(tmp_path, "--access-token-validity", "5")) as command:
        yield command


def test_one_watches_a_session_expire_and_ends_the_command_with_ctrl_c(command):
    with closing(Browser(command.url)) as browser:
        # The process of the page is there before its visitor has a token that is soon to expire.
        browser.hop("/dashboard?first")
        form = browser.open("/auth?show=signup")
        signed_up = browser.submit(form, email=EMAIL, password=PASSWORD)
        assert signed_up.heading == "Dashboard"
        command.said(r"POST /auth\?… 303 \d+ ms  SignInFunction\b")
        command.said(r"GET /dashboard 200 \d+ ms  DashboardFunction  verified: token-valid\n")
        secrets = list(browser.cookies.values())

        claims = base64.urlsafe_b64decode(browser.cookies["sAccessToken"].split(".")[1] + "==")
        time.sleep(max(0, json.loads(claims)["exp"] - time.time()))
        page = browser.open("/dashboard?tab=of-the-query")
        assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
        assert page.text == signed_up.text
        command.said(r"GET /dashboard\?… 302 \d+ ms  DashboardFunction  try-refresh: token-expired\n")
        command.said(r"GET /refresh-session\?… 302 \d+ ms  RefreshSessionFunction\b")
        command.said(r"GET /auth/session/refresh\?… 302 \d+ ms  Refresh\w+  refreshed: refreshed\n")
        command.said(r"GET /dashboard\?… 200 \d+ ms  DashboardFunction  verified: token-valid\n")
        secrets += browser.cookies.values()

        signed_out = browser.submit(page)
        asked = browser.open("/dashboard")
        assert asked.heading == "Sign in"
        command.said(r"GET /dashboard 302 \d+ ms  DashboardFunction  unauthorised: token-missing\n")
        command.said(r"GET /auth/session/refresh\?… 302 \d+ ms  Refresh\w+  refresh-failed: refresh-token-missing\n")
        command.said(r"GET /auth\?… 200 \d+ ms  SignInFunction  anonymous: no-session\n")

    assert command.end(signal.SIGINT) == 0
    assert "Traceback" not in command.output
    lines = re.findall(r"^(?:GET|POST) /", command.output, re.MULTILINE)
    assert len(lines) == 1 + sum(len(page.hops) for page in (form, signed_up, page, signed_out, asked))
    assert not [secret for secret in [*secrets, EMAIL, PASSWORD, "of-the-query"] if secret in command.output]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_when_nobody_has_come(tmp_path, number):
    with closing(Command(tmp_path)) as command:
        command.said("token is valid for 3600 s")
        assert command.end(number) == 0
        assert "Traceback" not in command.output
