import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.refresh_table import create_refresh_table

import supertokens_lambda

ROOT = Path(supertokens_lambda.__file__).parent.parent
NEVER = {
    "asyncio", "aws_lambda_powertools", "boto3", "botocore", "dataclasses", "email", "http.client", "httpx", "inspect",
    "jwt", "requests", "supertokens_python", "tldextract",
}  # fmt: skip
CALLS = {"socket"}  # what it takes to talk to the core

# Prints a status code and what has been loaded, by the import and by the requests.
PROGRAM = """
import json, sys
before = {*sys.modules}
from supertokens_lambda import verify_session

choose = None
if sys.argv[3:] == ["no claims"]:
    choose = lambda global_validators, session, user_context: []
elif sys.argv[3:] == ["a role"]:
    from supertokens_lambda.claims import UserRoleClaim
    choose = lambda global_validators, session, user_context: [UserRoleClaim.validators.includes("admin")]

@verify_session(session_required=sys.argv[1] == "required", override_global_claim_validators=choose)
def page(event, context, session):
    if sys.argv[3:] == ["sdk"]:
        session.sdk()
    return {"statusCode": 200, "body": session.get_user_id() if session else "nobody"}

if sys.argv[3:] == ["refresh"]:
    from supertokens_lambda.handlers import refresh as page
elif sys.argv[3:] == ["sign-out"]:
    from supertokens_lambda.handlers import auth as page
elif sys.argv[3:] == ["sign-out form"]:
    from supertokens_lambda import Response, forms, http_handler
    page = http_handler(lambda request: Response(status=303).plus(forms.sign_out(request)))

for event in json.loads(sys.argv[2]):
    answer = page(event, None)
print(json.dumps([answer["statusCode"], answer.get("body"), sorted({*sys.modules} - before)]))
"""


class Loaded:
    def __init__(self, output: str) -> None:
        self.status, self.body, modules = json.loads(output)
        self.modules = {*modules}

    def of(self, names: set[str]) -> set[str]:
        return self.modules & names


@pytest.fixture
def serve(telling_core, tmp_path):
    """Run a function in a process of its own."""

    def run(*tokens: str | None, required: bool = True, also: tuple[str, ...] = (), **settings: str) -> Loaded:
        given = {
            "CONNECTION_URI": telling_core.uri,
            "API_DOMAIN": "https://app.example.com",
            "WEBSITE_DOMAIN": "https://app.example.com",
        } | settings
        others = {name: value for name, value in os.environ.items() if not name.startswith(("SUPERTOKENS_", "COV_"))}
        environment = {
            **others,
            **{f"SUPERTOKENS_{name}": value for name, value in given.items()},
            "PYTHONPATH": str(ROOT),
        }
        made = MADE.get(also, event)
        events = json.dumps([made(token) for token in tokens])
        program = [sys.executable, "-c", PROGRAM, "required" if required else "optional", events, *also]
        done = subprocess.run(program, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
        return Loaded(done.stdout)

    return run


def event(token: str | None) -> dict[str, object]:
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/page",
        "rawQueryString": "",
        "headers": {"accept": "text/html", "sec-fetch-dest": "document"},
        "cookies": [f"sAccessToken={token}"] if token else [],
        "requestContext": {"stage": "$default", "http": {"method": "GET", "path": "/page"}},
        "isBase64Encoded": False,
    }


def refresh_event(token: str | None) -> dict[str, object]:
    path = "/auth/session/refresh"
    changed = {"rawPath": path, "rawQueryString": "redirectBack=/page", "cookies": [f"sRefreshToken={token}"]}
    return event(None) | changed | {"requestContext": {"stage": "$default", "http": {"method": "GET", "path": path}}}


def sign_out_event(token: str | None) -> dict[str, object]:
    path = "/auth/signout"
    return event(token) | {
        "rawPath": path,
        "requestContext": {"stage": "$default", "http": {"method": "POST", "path": path}},
    }


MADE: dict[tuple[str, ...], Callable[[str | None], dict[str, object]]] = {
    ("refresh",): refresh_event,
    ("sign-out",): sign_out_event,
    ("sign-out form",): sign_out_event,
}


@pytest.fixture
def key_file(mint, tmp_path) -> str:
    file = tmp_path / "keys.json"
    file.write_bytes(mint.key_set(mint.dynamic))
    return str(file)


def test_a_verified_request_loads_little(serve, mint):
    loaded = serve(mint.token(), mint.token())

    assert (loaded.status, loaded.body) == (200, "user-1")
    assert not loaded.of(NEVER)


def test_a_verified_request_loads_less_with_the_keys_at_hand(serve, mint, key_file):
    loaded = serve(mint.token(), JWKS_FILE=key_file)

    assert (loaded.status, loaded.body) == (200, "user-1")
    assert not loaded.of(NEVER | CALLS)


def test_an_expired_token_loads_little(serve, mint, key_file):
    loaded = serve(mint.token(exp=int(time.time()) - 1), JWKS_FILE=key_file)

    assert loaded.status == 302
    assert not loaded.of(NEVER | CALLS)


@pytest.mark.parametrize(("required", "status"), [(True, 302), (False, 200)])
def test_an_anonymous_request_loads_least(serve, required, status):
    loaded = serve(None, required=required)

    assert loaded.status == status
    assert not loaded.of(NEVER | CALLS)


def test_a_refreshed_token_is_replaced_without_the_sdk(serve, telling_core):
    loaded = serve(telling_core.refreshed(telling_core.start_session())["accessToken"]["token"])

    assert (loaded.status, loaded.body) == (200, "user-1")
    assert [path for _, path, _, _ in telling_core.calls if path.endswith("/verify")]
    assert not loaded.of(NEVER)


@pytest.mark.parametrize("way", ["page", "refresh"])
def test_the_domains_of_two_sites_are_compared_without_tldextract(serve, telling_core, way):
    issued = telling_core.start_session()
    token = issued["refreshToken"] if way == "refresh" else telling_core.refreshed(issued)["accessToken"]

    domains = {"API_DOMAIN": "https://api.example.co.uk", "WEBSITE_DOMAIN": "https://www.example.org"}
    loaded = serve(token["token"], also=(way,), **domains)

    assert loaded.status == (302 if way == "refresh" else 200)
    assert "supertokens_lambda._http.public_suffixes" in loaded.modules
    assert not loaded.of(NEVER)


@pytest.mark.parametrize("kind", ["API_KEY_SECRET", "API_KEY_PARAMETER"])
def test_the_cores_api_key_is_read_from_aws_without_awss_sdk(serve, telling_core, aws, seen_tokens, kind):
    key, name = "key-of-the-loaded-modules", "/loaded-modules/key"
    seen_tokens.add(key)
    if kind == "API_KEY_SECRET":
        aws("secretsmanager").create_secret(Name=name, SecretString=key)
    else:
        aws("ssm").put_parameter(Name=name, Value=key, Type="SecureString", Overwrite=True)

    loaded = serve(telling_core.refreshed(telling_core.start_session())["accessToken"]["token"], **{kind: name})

    assert (loaded.status, loaded.body) == (200, "user-1")
    assert [headers["api-key"] for _, path, headers, _ in telling_core.calls if path.endswith("/verify")] == [key]
    assert not loaded.of(NEVER)


def test_a_refresh_loads_neither_the_sdk_nor_awss(serve, telling_core, aws, seen_tokens):
    key, name = "key-of-the-loaded-refresh", "refreshes-of-the-loaded-modules"
    token = telling_core.start_session()["refreshToken"]["token"]
    seen_tokens |= {key, token}
    aws("secretsmanager").create_secret(Name=name, SecretString=key)
    create_refresh_table(aws("dynamodb"), name)

    loaded = serve(token, also=("refresh",), API_KEY_SECRET=name, REFRESH_TABLE=name)

    assert loaded.status == 302
    assert [path for _, path, _, _ in telling_core.calls] == ["/recipe/session", "/recipe/session/refresh"]
    assert telling_core.calls[-1][2]["api-key"] == key
    assert aws("dynamodb").scan(TableName=name)["Count"] == 1
    assert not loaded.of(NEVER)


@pytest.mark.parametrize(("way", "status"), [("sign-out", 200), ("sign-out form", 303)])
def test_a_sign_out_does_not_load_the_sdk(serve, telling_core, way, status):
    issued = telling_core.session()

    # Claims are not checked, those neither that only the SDK knows.
    loaded = serve(issued.access_token, also=(way,), GLOBAL_CLAIM_VALIDATORS="sdk")

    assert loaded.status == status
    assert not telling_core.has(issued.handle)
    assert not loaded.of(NEVER)


def test_the_sdk_is_loaded_when_a_handler_asks_for_it(serve, mint, key_file):
    loaded = serve(mint.token(), also=("sdk",), JWKS_FILE=key_file)

    assert (loaded.status, loaded.body) == (200, "user-1")
    assert loaded.of({"supertokens_python"})


@pytest.mark.parametrize(("roles", "status"), [(["admin"], 200), ([], 403)])
def test_a_role_is_checked_without_the_sdk(serve, mint, key_file, roles, status):
    token = mint.token(**{"st-role": {"v": roles, "t": 0}})

    loaded = serve(token, also=("a role",), JWKS_FILE=key_file)

    assert loaded.status == status
    assert not loaded.of(NEVER | CALLS)


def test_a_page_that_chooses_no_validators_loads_no_claims(serve, mint, key_file):
    loaded = serve(mint.token(), also=("no claims",), JWKS_FILE=key_file)

    assert loaded.status == 200
    assert not loaded.of(NEVER | CALLS)
    assert {name for name in loaded.modules if ".claims" in name} == {
        f"supertokens_lambda._verification.claims{name}" for name in ("", ".check", ".claim")
    }


def test_a_page_without_a_function_loads_nothing_of_claims(serve, mint, key_file):
    loaded = serve(mint.token(), JWKS_FILE=key_file)

    assert not [name for name in loaded.modules if ".claims" in name]


def test_an_address_is_checked_without_the_sdk_where_the_settings_say_so(serve, mint, key_file):
    token = mint.token(**{"st-ev": {"v": True, "t": 0}})

    loaded = serve(token, JWKS_FILE=key_file, GLOBAL_CLAIM_VALIDATORS="email-verification")

    assert loaded.status == 200
    assert not loaded.of(NEVER | CALLS)


def test_the_sdk_is_loaded_where_a_role_is_missing_from_the_token(serve, mint, key_file):
    loaded = serve(mint.token(), also=("a role",), JWKS_FILE=key_file)

    assert loaded.status == 302, "the core does not know the session"
    assert loaded.of({"supertokens_python"})
