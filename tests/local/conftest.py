"""An application whose functions send messages and sign people in, over HTTPS."""

import io
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from supertokens_lambda_local.server import running


@dataclass(frozen=True)
class Dev:
    url: str
    client: httpx.Client
    output: io.StringIO

    def send(self, way, **content):
        return self.client.post(f"/send/{way}", json=content)

    def messages(self):
        """Give the messages, newest first."""
        return self.client.get("/_mailbox.json").json()["messages"]


@pytest.fixture(scope="session")
def dev():
    output = io.StringIO()
    template = Path(__file__).parent / "services_app" / "template.yaml"
    with (
        running(template, https=True, output=output) as url,
        httpx.Client(base_url=url, verify=False, timeout=60) as client,
    ):
        yield Dev(url, client, output)
