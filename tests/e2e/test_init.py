"""`supertokens-lambda init` on an application that exists, and in an empty folder: run, signed in to, and tested."""

import os
import re
import subprocess
import sys
from contextlib import closing

from tests.support.existing import copy_existing, guard_existing
from tests.support.http_browser import Browser

from supertokens_lambda_local import cli
from supertokens_lambda_local.server import running

from .conftest import PASSWORD, ROOT

EMAIL = "person@example.com"


class AtHost(Browser):
    """A browser at a host that this machine has no address for."""

    def __init__(self, url, host):
        super().__init__(url)
        self._host = f"{host}:{url.rpartition(':')[2]}"

    def send(self, method, target, *, headers=None, content=b""):
        return super().send(method, target, headers={**(headers or {}), "host": self._host}, content=content)


def run(command, folder):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([f"{ROOT}/layers/session", f"{ROOT}/local"])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout


def run_tests(folder):
    return run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"], folder)


def test_an_application_of_three_functions_is_guarded(core, tmp_path, capsys):
    folder = tmp_path / "application"
    copy_existing(folder)

    assert cli.main(["init", str(folder), "--guard", "HomeFunction", "--guard", "ReportsFunction", "--yes"]) == 0

    assert "app = SessionMiddleware(app, public=[])" in capsys.readouterr().out
    assert "2 failed, 2 passed" in run_tests(folder)
    assert guard_existing(folder) <= 10
    with (
        running(folder / "template.yaml", environment={"SUPERTOKENS_CONNECTION_URI": core.uri}) as url,
        closing(Browser(url)) as browser,
    ):
        assert browser.open("/").heading == "Sign in"
        assert browser.open("/reports/latest").heading == "Sign in"
        form = browser.open("/auth?show=signup&redirectBack=/reports/latest")
        assert browser.submit(form, email=EMAIL, password=PASSWORD).heading == "Report Latest"
        assert browser.open("/").heading == "Reports"
    assert "4 passed" in run_tests(folder)


def test_an_empty_folder_becomes_a_site_at_one_function_url(core, tmp_path):
    assert cli.main(["init", str(tmp_path / "new"), "--api", "url", "--framework", "flask", "--yes"]) == 0

    template = tmp_path / "new/template.yaml"
    with (
        running(template, environment={"SUPERTOKENS_CONNECTION_URI": core.uri}) as url,
        closing(AtHost(url, "pagesfunction.lambda-url.localhost")) as browser,
    ):
        assert browser.open("/").heading == "Sign in"
        form = browser.open("/auth?show=signup")
        signed_up = browser.submit(form, email="url@example.com", password=PASSWORD)
        assert signed_up.heading == "Welcome"
        assert browser.open("/").heading == "Welcome"


def test_ejected_pages_are_served_from_the_application(core, tmp_path):
    folder = tmp_path / "new"
    assert cli.main(["init", str(folder), "--api", "rest", "--eject", "sign-in", "--yes"]) == 0
    form = folder / "functions/sign_in/sign_in/email_password.py"
    text = form.read_text()
    assert "E-mail address" in text
    form.write_text(text.replace("E-mail address", "Your address"))

    with (
        running(folder / "template.yaml", environment={"SUPERTOKENS_CONNECTION_URI": core.uri}) as url,
        closing(Browser(url)) as browser,
    ):
        page = browser.open("/Prod/auth?show=signup")
        assert "Your address" in page.text
        signed_up = browser.submit(page, email="ejected@example.com", password=PASSWORD)
        assert signed_up.heading == "Welcome"
        assert signed_up.hops[-1].target == "/Prod/"


def test_the_documented_command_adds_what_the_page_names(tmp_path):
    page = (ROOT / "docs/existing-app.md").read_text()
    [command] = re.findall(r"^supertokens-lambda (init --guard .*)$", page, re.MULTILINE)
    copy_existing(tmp_path / "application")

    assert cli.main([*command.split(), "--yes", str(tmp_path / "application")]) == 0

    template = (tmp_path / "application/template.yaml").read_text()
    assert all(f"\n  {name}:\n" in template for name in re.findall(r"`(SuperTokens[A-Z]\w+)`", page))
    options = {*re.findall(r"`(--[a-z-]+)", page)}
    written = run([sys.executable, "-m", "supertokens_lambda_local", "init", "--help"], tmp_path)
    assert options <= {*re.findall(r"--[a-z-]+", written)}
