"""The core as a program."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

import supertokens_lambda_local


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
        return number


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "supertokens_lambda_local.core", *options]


def answer(url: str, **options) -> httpx.Response:
    deadline = time.monotonic() + 60
    while True:
        try:
            return httpx.get(url, **options)
        except httpx.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_it_serves_as_it_is_told_and_stops_quietly(port):
    home = supertokens_lambda_local.__path__[0].rpartition("/")[0]
    options = ("--port", str(port), "--access-token-validity", "7", "--api-key", "one", "--api-key", "two")
    program = subprocess.Popen(command(*options), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        url = f"http://127.0.0.1:{port}"
        assert answer(f"{url}/hello").text == "Hello\n"
        assert answer(f"{url}/users/count").status_code == 401
        for key in ("one", "two"):
            assert answer(f"{url}/users/count", headers={"api-key": key}).json() == {"status": "OK", "count": 0}
        body = {"userId": "user", "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
        token = httpx.post(f"{url}/recipe/session", json=body, headers={"api-key": "one"}).json()["accessToken"]
        assert token["expiry"] - token["createdTime"] == 7000
    finally:
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=60)
    assert program.returncode == 0
    assert output == (
        f"Core in memory at http://127.0.0.1:{port}: its state is forgotten when it stops; it does not know "
        "/recipe/oauth/..., /recipe/webauthn/..., /recipe/saml/..., /bulk-import/... "
        "(for these run a core: https://supertokens.com/docs/deployment/self-host-supertokens)\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--access-token-validity", "0"], "access_token_validity must be at least 1 seconds"),
        (["--setting", "nonsense=1"], "Invalid config key: nonsense"),
        (["--setting", "totp_max_attempts"], "expected NAME=VALUE with a value in JSON"),
        (["--shortening", "2"], "shortening must be a part of 1"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(options, message):
    home = supertokens_lambda_local.__path__[0].rpartition("/")[0]
    done = subprocess.run(command(*options), cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert message in done.stderr
