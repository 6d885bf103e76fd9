import pytest

from supertokens_lambda import _runtime as runtime
from supertokens_lambda import handlers, verify_session
from supertokens_lambda._api_key import api_key, parameters
from supertokens_lambda.settings import SettingsError


def put_parameter(aws, value, kind="SecureString", name="/app/core-key"):
    aws("ssm").put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)


def put_secret(aws, name, **value):
    aws("secretsmanager").create_secret(Name=name, **value)


def test_there_may_be_none(toolkit):
    assert api_key(runtime.settings()) is None


def test_it_may_be_in_the_environment(toolkit, seen_tokens):
    seen_tokens.add("key-of-the-environment")
    toolkit(API_KEY="key-of-the-environment")

    assert api_key(runtime.settings()) == "key-of-the-environment"
    assert "key-of-the-environment" not in repr(runtime.settings())


@pytest.mark.parametrize("kind", ["SecureString", "String"])
def test_it_may_be_a_parameter(toolkit, aws, seen_tokens, kind):
    seen_tokens.add("key-of-a-parameter")
    put_parameter(aws, "key-of-a-parameter", kind, f"/app/{kind}")
    toolkit(API_KEY_PARAMETER=f"/app/{kind}")

    assert api_key(runtime.settings()) == "key-of-a-parameter"
    assert "key-of-a-parameter" not in repr(runtime.settings())


def test_it_may_be_a_secret(toolkit, aws, seen_tokens):
    seen_tokens.add("key-of-a-secret")
    put_secret(aws, "app/core-key", SecretString="key-of-a-secret")
    toolkit(API_KEY_SECRET="app/core-key")

    assert api_key(runtime.settings()) == "key-of-a-secret"


def test_it_may_be_a_secret_in_bytes(toolkit, aws, seen_tokens):
    seen_tokens.add("key-in-bytes")
    put_secret(aws, "app/core-key-in-bytes", SecretBinary=b"key-in-bytes")
    toolkit(API_KEY_SECRET="app/core-key-in-bytes")

    assert api_key(runtime.settings()) == "key-in-bytes"


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


def test_it_is_kept_for_a_while(toolkit, aws):
    put_parameter(aws, "first-key")
    toolkit(API_KEY_PARAMETER="/app/core-key")
    assert api_key(runtime.settings()) == "first-key"

    put_parameter(aws, "second-key")

    assert api_key(runtime.settings()) == "first-key"
    parameters().clear_cache()
    assert api_key(runtime.settings()) == "second-key"


@pytest.mark.parametrize(
    ("setting", "code"), [("API_KEY_PARAMETER", "ParameterNotFound"), ("API_KEY_SECRET", "ResourceNotFoundException")]
)
def test_one_that_is_not_there_is_an_error_of_the_settings(toolkit, aws, setting, code):
    toolkit(**{setting: "/app/not-there"})

    with pytest.raises(SettingsError, match=f"AWS answers {code} for what SUPERTOKENS_{setting} names; "):
        api_key(runtime.settings())


def test_one_that_aws_does_not_give_for_now_is_an_outage(toolkit, aws, dead_port, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", dead_port.uri)
    toolkit(API_KEY_PARAMETER="/app/core-key")

    with pytest.raises(OSError, match="could not read the core's API key from AWS"):
        api_key(runtime.settings())


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
