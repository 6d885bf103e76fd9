"""The build under the real `sam local start-api`: its functions in containers, behind an HTTP API and a REST API."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path

import httpx
import pytest
from tests.core import Core
from tests.e2e.browser import Browser
from tests.e2e.conftest import App

from .conftest import BIN, ROOT, Build, cannot

pytestmark = pytest.mark.xdist_group("sam")

REST = ROOT / "tests/e2e/templates/rest_api.yaml"
# In the order of the alphabet, which is the one of SAM CLI's REST API.
TARGET = "/dashboard?q=a%20b&tab=billing"


@pytest.fixture(scope="session")
def engine() -> None:
    """Want containers."""
    docker = shutil.which("docker")
    if docker is None:
        cannot("there is no docker, which sam local runs functions in")
    if subprocess.run([docker, "info"], capture_output=True, check=False).returncode != 0:
        cannot("no container engine answers, which sam local runs functions in")
    image = "public.ecr.aws/lambda/python:3.13-x86_64"
    if subprocess.run([docker, "image", "inspect", image], capture_output=True, check=False).returncode != 0:
        cannot(f"the image {image} is not here: pull it")


@pytest.fixture(scope="session", params=[ROOT / "template.yaml", REST], ids=["HTTP API", "REST API"])
def app(request, engine, build: Build, core: Core, runtime: Path) -> Iterator[App]:
    made = build(request.param)
    # An image that was made without boto3 may stand for AWS' own.
    shutil.copytree(runtime, made / "SessionLayerX86/python", dirs_exist_ok=True)
    with start_api(made / "template.yaml", core) as url:
        yield App(url, core, StringIO())


@contextmanager
def start_api(template: Path, core: Core) -> Iterator[str]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    parameters = {
        "Architecture": "x86_64",
        "ConnectionUri": f"http://host.docker.internal:{core.port}",
        "ApiDomain": url,
        "WebsiteDomain": url,
    }
    log = template.with_name("log")
    command: list[str | Path] = [
        *(BIN / "sam", "local", "start-api", "--template", template, "--port", str(port), "--skip-pull-image"),
        *("--add-host", "host.docker.internal:host-gateway", "--warm-containers", "EAGER"),
        *("--parameter-overrides", " ".join(f"{name}={value}" for name, value in parameters.items())),
    ]
    with log.open("w") as output:
        sam = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | {"SAM_CLI_TELEMETRY": "0"})
    try:
        until_it_answers(f"{url}/refresh-session", sam, log)
        yield url
    finally:
        sam.send_signal(signal.SIGTERM)
        sam.wait()


def until_it_answers(url: str, sam: subprocess.Popen[bytes], log: Path) -> None:
    while True:
        assert sam.poll() is None, log.read_text()
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return


@pytest.fixture
def browser(app: App) -> Iterator[Browser]:
    with closing(Browser(app.url)) as browser:
        yield browser


def test_a_visit_from_signing_up_to_signing_out(app: App, browser: Browser):
    assert browser.open(TARGET).target.startswith("/auth?redirectBack=")
    account = app.sign_up(browser)
    assert browser.open(TARGET).target == TARGET

    browser.clear()
    app.sign_in_hours_ago(browser, account)
    before = browser.cookies
    page = browser.open(TARGET)
    assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
    assert (page.target, page.heading) == (TARGET, "Dashboard")
    assert all(browser.cookies[name] != before[name] for name in ("sAccessToken", "sRefreshToken", "sFrontToken"))
    assert browser.open(TARGET).locations == []

    page = browser.submit(browser.open("/dashboard"))
    assert [hop.target for hop in page.hops] == ["/auth/sign-out", "/auth"]
    assert "sAccessToken" not in browser.cookies
    assert browser.open(TARGET).target.startswith("/auth?redirectBack=")


def test_a_core_that_is_down_signs_nobody_out(app: App, browser: Browser):
    account = app.sign_up(browser)
    browser.clear()
    app.sign_in_hours_ago(browser, account)
    before = browser.cookies

    with app.core.that("answers 500"):
        page = browser.open(TARGET)

    assert page.status == 503
    assert browser.cookies == before
    assert browser.open(TARGET).status == 200
