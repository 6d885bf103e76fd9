"""The test that reads all lines, read itself: it has to fail for each way to give a secret away."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

LEAKS = """
import logging, sys, threading
import httpx, pytest
from supertokens_lambda_local.gateway.console import Console
from supertokens_lambda_local.core import CoreConfig, create_core

pytest_plugins = ["tests.secrecy"]
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
SIGN_UP = {"email": "a@example.com", "password": "a password of mine"}

def ask(core, **headers):
    import anyio
    async def post():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(core), base_url="http://core") as client:
            return await client.post("/recipe/signup", json=SIGN_UP, headers=headers)
    assert anyio.run(post).status_code == 200

def test_leak_in_a_record(): logging.getLogger("some.library").debug("got %s", TOKEN)
def test_leak_in_a_traceback():
    try: raise ValueError(TOKEN)
    except ValueError: logging.exception("failed")
def test_leak_of_a_thread():
    thread = threading.Thread(target=logging.info, args=(TOKEN,)); thread.start(); thread.join()
def test_leak_on_stdout(): print("refresh token " + "0f" * 32 + ".V2")
def test_leak_on_stderr(): print("cookie: sAccessToken=opaque", file=sys.stderr)
def test_leak_on_the_console(capsys):
    Console().line("api-key: secret", "  ")
    capsys.readouterr()
def test_leak_of_a_password():
    ask(create_core(CoreConfig()))
    logging.info("signing up with a password of mine")
def test_leak_of_a_key():
    ask(create_core(CoreConfig(api_keys=("key-of-the-core",))), **{"api-key": "key-of-the-core"})
    logging.info("asking with key-of-the-core")
@pytest.fixture
def leaving():
    yield
    logging.warning("PRIVATE KEY-----")
def test_leak_at_the_end(leaving): pass
def test_fine():
    ask(create_core(CoreConfig()))
    logging.info("sAccessToken was missing; eyJ")
"""


def outcomes(folder, *arguments):
    file = folder / "test_leaks.py"
    file.write_text(LEAKS)
    path = os.pathsep.join(str(ROOT / part) for part in ("layers/session", "local", "."))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "--tb=no", *arguments, file],
        env={**os.environ, "PYTHONPATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    words = [line.split()[:2] for line in run.stdout.splitlines() if "::test_" in line]
    named = {(outcome, place.partition("::")[2]) for outcome, place in words if outcome.isupper()}
    # What fails at its end has passed as well.
    return {name for outcome, name in named if outcome != "PASSED"}, {name for _, name in named}
