"""What a function loads in its init phase on Lambda, with a whole processor, and so not while a visitor waits."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import supertokens_lambda

ROOT = Path(supertokens_lambda.__file__).parent.parent

# Prints the status codes of the answers, and what their requests have loaded.
PROGRAM = """
import json, sys
from supertokens_lambda import handlers, verify_session

@verify_session()
def page(event, context, session):
    return {"statusCode": 200}

if sys.argv[1] == "auth":
    handlers.prepare_sdk()
    page = handlers.auth

if sys.argv[1] == "refresh":
    handlers.prepare_refresh()
    page = handlers.refresh

before = {*sys.modules}
statuses = [page(event, None)["statusCode"] for event in json.loads(sys.argv[2])]
print(json.dumps([statuses, sorted({*sys.modules} - before)]))
"""

STARTED = """
import json, sys
from supertokens_lambda import handlers
handlers.prepare_sdk()
print(json.dumps([[], sorted(sys.modules)]))
"""
EVENT_SOURCE = "supertokens_lambda._http.event_sources.http_api"  # the first event tells
FIELDS = [{"id": "email", "value": "first@example.com"}, {"id": "password", "value": "correct-horse-1"}]
SIGN_UP = json.dumps({"formFields": FIELDS})


@pytest.fixture
def loaded_after(core, aws) -> Iterator[Callable[..., tuple[list[int], set[str]]]]:
    """Return a function that answers events in a process, after the init phase."""
    aws("secretsmanager").create_secret(Name="init-phase", SecretString="a-key")
    home = {name: value for name, value in os.environ.items() if not name.startswith(("SUPERTOKENS_", "COV_"))}
    environment = {
        **home,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "SUPERTOKENS_CONNECTION_URI": core.uri,
        "SUPERTOKENS_API_KEY_SECRET": "init-phase",
        "SUPERTOKENS_API_DOMAIN": "https://app.example.com",
        "SUPERTOKENS_WEBSITE_DOMAIN": "https://app.example.com",
        "PYTHONPATH": str(ROOT),
    }

    def loaded_after(
        function: str = "", *events: dict[str, Any], program: str = PROGRAM, **settings: str
    ) -> tuple[list[int], set[str]]:
        command = [sys.executable, "-c", program, function, json.dumps(events)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment | settings)
        statuses, modules = json.loads(done.stdout)
        return statuses, {*modules}

    yield loaded_after
    aws("secretsmanager").delete_secret(SecretId="init-phase", ForceDeleteWithoutRecovery=True)


def event(method: str, path: str, cookies: list[str], body: str = "") -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"accept": "text/html", "content-type": "application/json"},
        "cookies": cookies,
        "requestContext": {"stage": "$default", "http": {"method": method, "path": path}},
        "body": body,
        "isBase64Encoded": False,
    }


def test_the_first_check_by_the_core_loads_nothing(core, loaded_after):
    token = core.refreshed(core.start_session())["accessToken"]["token"]
    usual = loaded_after("page", event("GET", "/page", [f"sAccessToken={core.session().access_token}"]))
    statuses, loaded = loaded_after("page", event("GET", "/page", [f"sAccessToken={token}"]))

    assert "/recipe/session/verify" in core.asked()
    assert (statuses, loaded) == usual == ([200], loaded)


def test_the_first_refresh_loads_nothing(core, loaded_after):
    cookie = f"sRefreshToken={core.session().refresh_token}"
    statuses, loaded = loaded_after("refresh", event("GET", "/auth/session/refresh", [cookie]))

    assert statuses == [302]
    assert loaded == {EVENT_SOURCE}


def test_the_first_sign_up_loads_nothing(loaded_after):
    statuses, loaded = loaded_after("auth", event("POST", "/auth/signup", [], SIGN_UP))

    assert statuses == [200]
    assert loaded == {EVENT_SOURCE}


def test_a_core_that_is_down_does_not_stop_the_init_phase(loaded_after):
    statuses, _ = loaded_after(
        "auth", event("POST", "/auth/signup", [], SIGN_UP), SUPERTOKENS_CONNECTION_URI="http://127.0.0.1:1"
    )

    assert statuses == [503]


# Runs what AWS runs when a function is restored, and prints how many connections are idle before and after.
SNAPSHOT = """
import json
from snapshot_restore_py import get_after_restore
from supertokens_lambda import verify_session
from supertokens_lambda._runtime import current

def idle():
    return len(current().core_client._cores[0]._idle)

verify_session()(lambda event, context, session: None)
before = idle()
for renew, arguments, keywords in get_after_restore():
    renew(*arguments, **keywords)
after = idle()
current().signing_keys.find("any")
print(json.dumps([[before, after, idle()], []]))
"""


def test_a_function_restored_from_a_snapshot_fetches_its_keys_again_on_a_new_connection(core, loaded_after):
    core.calls.clear()
    connections, _ = loaded_after(program=SNAPSHOT, AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")

    assert connections == [1, 0, 1]
    assert core.asked() == ["/.well-known/jwks.json"] * 2


def test_the_sdk_is_started_without_packages_that_it_hardly_uses(loaded_after):
    _, loaded = loaded_after(program=STARTED)

    assert "supertokens_python" in loaded
    assert not loaded & {"requests", "tldextract", "urllib3", "httpcore", "anyio", "boto3"}
