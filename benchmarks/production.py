"""The settings that the README recommends: the core's API key in Secrets Manager, and a table of refreshes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import certifi
from tests.support.authorities import issued_for_loopback
from tests.support.refresh_table import create_refresh_table

from benchmarks.catalogue import HERE
from benchmarks.core import CountingCore, running_core
from benchmarks.delay import far_away
from benchmarks.process import Surroundings

ROOT = HERE.parent
EACH_WAY = 0.005
"""Seconds to a core that is far away."""

_API_KEY = "a-key-of-the-benchmarks-core"
_SECRET, _TABLE = "core-api-key", "refreshes"


@dataclass(frozen=True)
class Side:
    """Where the functions of one side run.

    Attributes
    ----------
    near, far : Surroundings
        With the core on loopback, and with one that is far away and speaks TLS.
    """

    near: Surroundings
    far: Surroundings


@dataclass(frozen=True)
class Production:
    """A core with an API key, and the surroundings of both sides.

    Attributes
    ----------
    core : CountingCore
        The core.
    ours, peer : Side
        The toolkit reads the API key from AWS. The peer has it in its environment, which is less work.
    """

    core: CountingCore
    ours: Side
    peer: Side


@contextmanager
def production(folder: Path) -> Iterator[Production]:
    """Set everything up; the folder is for what does not outlast it."""
    issued = issued_for_loopback(folder)
    # Whom a function trusts in Lambda, and one more.
    bundle = folder / "bundle.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + issued.authority.read_bytes())
    with running_core(_API_KEY, issued) as core, _aws() as aws:
        port = urlsplit(core.tls_url).port
        assert port  # noqa: S101 - it is served there
        with far_away(port, EACH_WAY) as far_port:
            far = f"https://127.0.0.1:{far_port}"
            key_set = folder / "none"
            ours = Surroundings(core.url, key_set, aws | {"SSL_CERT_FILE": str(bundle)})
            peer = Surroundings(core.url, key_set, {"SUPERTOKENS_API_KEY": _API_KEY, "SSL_CERT_FILE": str(bundle)})
            yield Production(core, *(Side(near, replace(near, core_url=far)) for near in (ours, peer)))


@contextmanager
def _aws() -> Iterator[dict[str, str]]:
    """Serve an imitation of AWS from the tests' environment, and yield the variables that lead there."""
    command = [ROOT / ".venv/bin/python", ROOT / "tests/support/aws.py"]
    environment = {"PATH": os.environ["PATH"]}
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        url = process.stdout.readline().strip()
        account = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing"}
        _fill(url, account)
        yield account | {
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": url,
            "SUPERTOKENS_API_KEY_SECRET": _SECRET,
            "SUPERTOKENS_REFRESH_TABLE": _TABLE,
        }
        process.communicate()


def _fill(url: str, account: dict[str, str]) -> None:
    session = boto3.Session(account["AWS_ACCESS_KEY_ID"], account["AWS_SECRET_ACCESS_KEY"], region_name="eu-west-1")
    session.client("secretsmanager", endpoint_url=url).create_secret(Name=_SECRET, SecretString=_API_KEY)
    create_refresh_table(session.client("dynamodb", endpoint_url=url), _TABLE)
