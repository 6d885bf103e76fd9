import time
from collections.abc import Callable, Iterator

import pytest

from supertokens_lambda import handlers, verify_session
from supertokens_lambda._api_key import ApiKey, ApiKeyError
from supertokens_lambda._aws.client import AwsClient
from supertokens_lambda._runtime import current
from supertokens_lambda.settings import SettingsError


def put_parameter(aws, value, kind="SecureString", name="/app/core-key"):
    aws("ssm").put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)


def put_secret(aws, name, **value):
    aws("secretsmanager").create_secret(Name=name, **value)


@pytest.fixture
def client(aws) -> Iterator[AwsClient]:
    client = AwsClient()
    yield client
    client.close()


class Now:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def key(toolkit, client, now) -> Callable[..., ApiKey]:
    """Return a function that returns the key of other settings."""

    def of(**settings: str) -> ApiKey:
        toolkit(**settings)
        return ApiKey(current().settings, lambda: client, 3.0, now)

    return of


def test_there_may_be_none(toolkit):
    assert current().api_key.get() is None


def test_it_may_be_in_the_environment(toolkit, seen_tokens):
    seen_tokens.add("key-of-the-environment")
    toolkit(API_KEY="key-of-the-environment")

    assert current().api_key.get() == "key-of-the-environment"
    assert "key-of-the-environment" not in repr(current().settings)


@pytest.mark.parametrize("kind", ["SecureString", "String"])
def test_it_may_be_a_parameter(toolkit, aws, seen_tokens, kind):
    seen_tokens.add("key-of-a-parameter")
    put_parameter(aws, "key-of-a-parameter", kind, f"/app/{kind}")
    toolkit(API_KEY_PARAMETER=f"/app/{kind}")

    assert current().api_key.get() == "key-of-a-parameter"
    assert "key-of-a-parameter" not in repr(current().settings)


def test_it_may_be_a_secret(toolkit, aws, seen_tokens):
    seen_tokens.add("key-of-a-secret")
    put_secret(aws, "app/core-key", SecretString="key-of-a-secret")
    toolkit(API_KEY_SECRET="app/core-key")

    assert current().api_key.get() == "key-of-a-secret"


def test_it_may_be_a_secret_in_bytes(toolkit, aws, seen_tokens):
    seen_tokens.add("key-in-bytes")
    put_secret(aws, "app/core-key-in-bytes", SecretBinary=b"key-in-bytes")
    toolkit(API_KEY_SECRET="app/core-key-in-bytes")

    assert current().api_key.get() == "key-in-bytes"


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_it_may_end_in_a_newline(toolkit, aws, browser, core, seen_tokens, end):
    seen_tokens.add("key-with-a-newline")
    name = f"app/core-key-{len(end)}{end[0] == ' '}"
    put_secret(aws, name, SecretString=f"key-with-a-newline{end}")
    toolkit(API_KEY_SECRET=name)
    browser.holds(core.session())
    core.calls.clear()

    @verify_session(check_database=True)
    def page(event, context, session):
        return {"statusCode": 200, "body": "page"}

    assert browser.open(page).status == 200
    assert browser.call(handlers.auth, "/auth/signout", {}).status == 200
    sent = {call.api_key for call in core.calls if call.path.endswith(("/verify", "/remove"))}
    assert sent == {"key-with-a-newline"}


def test_it_is_kept_for_a_while(key, aws, now):
    put_parameter(aws, "first-key")
    kept = key(API_KEY_PARAMETER="/app/core-key")
    assert kept.get() == "first-key"

    put_parameter(aws, "second-key")

    now.seconds += 299
    assert kept.get() == "first-key"
    now.seconds += 1
    assert kept.get() == "second-key"


def test_it_is_kept_longer_while_aws_is_unavailable(key, aws, dead_port, monkeypatch, now):
    put_parameter(aws, "known-key")
    kept = key(API_KEY_PARAMETER="/app/core-key")
    assert kept.get() == "known-key"

    monkeypatch.setenv("AWS_ENDPOINT_URL", dead_port.uri)
    now.seconds += 3600

    assert kept.get() == "known-key"


def test_it_is_not_kept_when_aws_refuses_it(key, aws, now):
    put_parameter(aws, "known-key", name="/app/gone")
    kept = key(API_KEY_PARAMETER="/app/gone")
    assert kept.get() == "known-key"

    aws("ssm").delete_parameter(Name="/app/gone")
    now.seconds += 300

    with pytest.raises(ApiKeyError, match="ParameterNotFound"):
        kept.get()


def test_it_is_one_for_the_settings(toolkit, aws):
    put_parameter(aws, "first-key")
    toolkit(API_KEY_PARAMETER="/app/core-key")
    assert current().api_key.get() == "first-key"

    put_parameter(aws, "second-key")
    assert current().api_key.get() == "first-key"

    toolkit(API_KEY_PARAMETER="/app/core-key")
    assert current().api_key.get() == "second-key"


@pytest.mark.parametrize(
    "content", [{"SecretBinary": b"\xff\x00"}, {"SecretString": "two words"}, {"SecretString": " "}], ids=str
)
def test_a_secret_that_no_header_can_carry_is_an_error_of_the_settings(key, aws, content):
    name = f"app/unusable-{time.monotonic_ns()}"
    put_secret(aws, name, **content)

    with pytest.raises(ApiKeyError, match="what SUPERTOKENS_API_KEY_SECRET names must hold only") as raised:
        key(API_KEY_SECRET=name).get()
    assert "two words" not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    ("setting", "code"), [("API_KEY_PARAMETER", "ParameterNotFound"), ("API_KEY_SECRET", "ResourceNotFoundException")]
)
def test_one_that_is_not_there_is_an_error_of_the_settings(toolkit, aws, setting, code):
    toolkit(**{setting: "/app/not-there"})

    with pytest.raises(SettingsError, match=f"AWS answers {code} for what SUPERTOKENS_{setting} names; "):
        current().api_key.get()


def test_one_that_aws_does_not_give_for_now_is_an_outage(toolkit, aws, dead_port, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", dead_port.uri)
    toolkit(API_KEY_PARAMETER="/app/core-key")

    with pytest.raises(OSError, match="could not read the core's API key from AWS"):
        current().api_key.get()


@pytest.mark.parametrize("by_sdk", ["true", "false"])
@pytest.mark.parametrize("path", ["/dashboard", "/auth/session/refresh"])
def test_without_it_nobody_can_tell_and_nobody_is_signed_out(toolkit, aws, browser, core, records, path, by_sdk):
    toolkit(API_KEY_PARAMETER="/app/not-there", VERIFY_WITH_SDK=by_sdk)
    browser.holds(core.session())

    @verify_session(check_database=True)
    def page(event, context, session):
        return "never"

    answer = browser.open(handlers.auth if path.startswith("/auth") else page, path)

    assert answer.status == 500
    assert "retry-after" not in answer.headers
    assert not answer.cookies
    assert records.outcomes[-1][1] == "application-error"


def test_the_core_is_given_it(toolkit, aws, browser, core, seen_tokens):
    seen_tokens.add("key-for-the-core")
    put_parameter(aws, "key-for-the-core", name="/app/for-the-core")
    toolkit(API_KEY_PARAMETER="/app/for-the-core")
    browser.holds(core.session())
    core.calls.clear()

    assert browser.call(handlers.auth, "/auth/signout", {}).status == 200
    assert {call.api_key for call in core.calls if call.path.endswith("/remove")} == {"key-for-the-core"}
