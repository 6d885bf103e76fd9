"""The clients of a process are redirected, whether they are imported before or after."""

import subprocess
import sys

import pytest
from starlette.applications import Starlette
from tests.support.servers import served

from supertokens_lambda_local.mail.intake import intake_routes
from supertokens_lambda_local.mail.mailbox import Mailbox

from ..gateway.conftest import LOCAL

PROGRAM = """
import asyncio, sys
from supertokens_lambda_local.mail.redirection import redirect_messages
if sys.argv[2] == "before":
    import httpx
redirect_messages({"SUPERTOKENS_DEV_MAILBOX": sys.argv[1]})
assert ("httpx" in sys.modules) == (sys.argv[2] == "before")
import httpx

async def send():
    async with httpx.AsyncClient() as client:
        content = {"email": "ada@example.com", "appName": "Shop", "passwordResetURL": "https://example.com/reset"}
        for host in ("api.supertokens.io", "API.supertokens.com:443"):
            (await client.post(f"https://{host}/0/st/auth/password/reset", json=content)).raise_for_status()
        assert (await client.post("https://api.supertokens.io/0/st/new", json=content)).status_code == 404
        assert (await client.get(f"{sys.argv[1]}/elsewhere")).status_code == 404

asyncio.run(send())
"""


@pytest.mark.parametrize("imported", ["before", "after"])
def test_supertokens_service_is_never_asked(imported):
    mailbox = Mailbox("http://localhost:3000/_mailbox", lambda line: None)
    with served(Starlette(routes=intake_routes(mailbox))) as uri:
        command = [sys.executable, "-c", PROGRAM, uri, imported]
        done = subprocess.run(
            command, env={"PYTHONPATH": str(LOCAL)}, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    assert [message.links for _, message in mailbox.newest_first()] == [("https://example.com/reset",)] * 2
