"""The real client of a core, supertokens-python, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FLOWS = (
    "user_roles",
    "email_verification",
    "passwordless_email",
    "passwordless_phone",
    "third_party",
    "tenancy",
    "totp_and_factors",
    "account_linking",
    "jwts",
    "users",
)


def output(script: str, address) -> str:
    arguments = [address.uri, *([address.api_key] if address.api_key else [])]
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name(script), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sdk_finds_in_the_core_what_it_looks_for(address):
    output("sdk_flow.py", address)


@pytest.fixture(scope="module")
def outcomes(address):
    return json.loads(output("sdk_recipes_flow.py", address))


@pytest.mark.parametrize("flow", FLOWS)
def test_the_sdks_recipes_find_in_the_core_what_they_look_for(outcomes, flow):
    assert outcomes[flow] is None, outcomes[flow]


def test_each_flow_has_its_test(outcomes):
    assert tuple(outcomes) == FLOWS
