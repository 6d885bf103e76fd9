import pytest

from supertokens_lambda.settings import Settings, SettingsError

MINIMUM = {
    "SUPERTOKENS_CONNECTION_URI": "https://core.example.com",
    "SUPERTOKENS_API_DOMAIN": "https://example.com",
    "SUPERTOKENS_WEBSITE_DOMAIN": "https://example.com/",
}


def read(**more):
    return Settings.from_environment(MINIMUM | {f"SUPERTOKENS_{name}": value for name, value in more.items()})


def test_the_minimum_has_the_documented_defaults():
    settings = read(API_KEY="", COOKIE_DOMAIN=" ")

    assert settings.connection_uris == ("https://core.example.com",)
    assert settings.website_domain == "https://example.com"
    assert (settings.api_base_path, settings.website_base_path, settings.refresh_path) == (
        "/auth",
        "/auth",
        "/refresh-session",
    )
    assert settings.api_gateway_path == ""
    assert settings.api_key is None
    assert settings.cookie_domain is None
    assert settings.refresh_with == "navigation"
    assert settings.global_claim_validators == ()
    assert not settings.verify_with_sdk


def test_every_setting_is_read():
    settings = read(
        CONNECTION_URI="http://a:3567/; https://b/base",
        API_KEY="key",
        APP_NAME="app",
        API_BASE_PATH="/",
        WEBSITE_BASE_PATH="/sign-in/",
        API_GATEWAY_PATH="/dev",
        COOKIE_DOMAIN=".example.com",
        COOKIE_SAME_SITE="None",
        ANTI_CSRF="via_token",
        REFRESH_PATH="/r",
        REFRESH_WITH="Browser-SDK",
        REFRESH_TABLE="table",
        REFRESH_REUSE_INTERVAL="30",
        GLOBAL_CLAIM_VALIDATORS="Multi-Factor-Auth, email-verification,,email-verification",
        EMAIL_SENDER="no-reply@example.com",
        EMAIL_CONFIGURATION_SET="mail_1",
        SMS_SENDER_ID="Shop24",
        SMS_ORIGINATION_NUMBER="+12065550100",
        VERIFY_WITH_SDK="True",
        ORIGIN_SECRET="at-least-16-characters",
    )

    assert settings == Settings(
        connection_uris=("http://a:3567", "https://b/base"),
        api_key="key",
        app_name="app",
        api_domain="https://example.com",
        website_domain="https://example.com",
        api_base_path="",
        website_base_path="/sign-in",
        api_gateway_path="/dev",
        cookie_domain=".example.com",
        cookie_same_site="none",
        anti_csrf="VIA_TOKEN",
        refresh_path="/r",
        refresh_with="browser-sdk",
        refresh_table="table",
        refresh_reuse_interval=30,
        global_claim_validators=("multi-factor-auth", "email-verification"),
        email_sender="no-reply@example.com",
        email_configuration_set="mail_1",
        sms_sender_id="Shop24",
        sms_origination_number="+12065550100",
        verify_with_sdk=True,
        origin_secret="at-least-16-characters",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONNECTION_URI", "hush.example.com"),
        ("CONNECTION_URI", ";"),
        ("CONNECTION_URI", "https://hush.example.com:65536"),
        ("CONNECTION_URI", "https://hush.example.com:0"),
        ("CONNECTION_URI", "https://[1:2]/hush"),
        ("EMAIL_SENDER", "hush"),
        ("EMAIL_SENDER", "hush@"),
        ("EMAIL_SENDER", "Hush <hush@example.com>"),
        ("EMAIL_SENDER", "hush@example.com,b@example.com"),
        ("EMAIL_SENDER", "hush@example.com\nTo: b@example.com"),
        ("EMAIL_CONFIGURATION_SET", "hush hush"),
        ("SMS_SENDER_ID", "hush-hush"),
        ("SMS_SENDER_ID", "123"),
        ("SMS_ORIGINATION_NUMBER", "hush"),
        ("CONNECTION_URI", "https://user:hush@core.example.com"),
        ("CONNECTION_URI", "https://hush@core.example.com"),
        ("API_DOMAIN", "hush.example.com"),
        ("API_DOMAIN", "https://"),
        ("WEBSITE_DOMAIN", "https://example.com/hush"),
        ("API_BASE_PATH", "hush"),
        ("API_GATEWAY_PATH", "//hush"),
        ("REFRESH_PATH", "/hush?b"),
        ("COOKIE_DOMAIN", "hush; Secure"),
        ("COOKIE_SAME_SITE", "hush"),
        ("ANTI_CSRF", "hush"),
        ("REFRESH_REUSE_INTERVAL", "hush"),
        ("REFRESH_REUSE_INTERVAL", "4"),
        ("REFRESH_REUSE_INTERVAL", "61"),
        ("REFRESH_REUSE_INTERVAL", "-7"),
        ("REFRESH_REUSE_INTERVAL", "7.5"),
        ("GLOBAL_CLAIM_VALIDATORS", "hush"),
        ("GLOBAL_CLAIM_VALIDATORS", "email-verification,hush"),
        ("GLOBAL_CLAIM_VALIDATORS", ","),
        ("VERIFY_WITH_SDK", "hush"),
        ("ORIGIN_SECRET", "hush"),
        ("ORIGIN_SECRET", "hush with spaces in it"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not(name, value):
    with pytest.raises(SettingsError, match=f"SUPERTOKENS_{name}") as caught:
        read(**{name: value})

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("given", "seconds"), [("", 10), ("0", 0), ("5", 5), (" 60 ", 60)])
def test_the_reuse_interval_is_in_seconds(given, seconds):
    assert read(REFRESH_REUSE_INTERVAL=given).refresh_reuse_interval == seconds


SITES = {"API_DOMAIN": "https://api.example.com", "WEBSITE_DOMAIN": "https://app.example.org"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"COOKIE_SAME_SITE": "none", "ANTI_CSRF": "NONE"}, ["COOKIE_SAME_SITE", "ANTI_CSRF"]),
        ({"COOKIE_SAME_SITE": "None", "ANTI_CSRF": "none"}, ["COOKIE_SAME_SITE", "ANTI_CSRF"]),
        (SITES | {"ANTI_CSRF": "NONE"}, ["API_DOMAIN", "WEBSITE_DOMAIN", "ANTI_CSRF"]),
        (
            {"API_DOMAIN": "http://example.com", "WEBSITE_DOMAIN": "https://example.com", "ANTI_CSRF": "NONE"},
            ["API_DOMAIN", "WEBSITE_DOMAIN", "ANTI_CSRF"],
        ),
        (
            {"API_DOMAIN": "http://example.com", "WEBSITE_DOMAIN": "http://example.com", "COOKIE_SAME_SITE": "none"},
            ["COOKIE_SAME_SITE", "API_DOMAIN"],
        ),
        (
            {"API_DOMAIN": "http://localhost", "WEBSITE_DOMAIN": "http://example.com", "COOKIE_SAME_SITE": "none"},
            ["COOKIE_SAME_SITE", "API_DOMAIN"],
        ),
    ],
)
def test_settings_that_contradict_each_other_are_named(given, named):
    with pytest.raises(SettingsError, match=r"; (set|use) ") as caught:
        read(**given)

    for name in named:
        assert f"SUPERTOKENS_{name}" in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"COOKIE_SAME_SITE": "none"},
        {"COOKIE_SAME_SITE": "none", "ANTI_CSRF": "VIA_TOKEN"},
        {"COOKIE_SAME_SITE": "none", "ANTI_CSRF": "VIA_CUSTOM_HEADER"},
        {"COOKIE_SAME_SITE": "lax", "ANTI_CSRF": "NONE"},
        {"ANTI_CSRF": "NONE"},
        {"ANTI_CSRF": "NONE", "API_DOMAIN": "https://api.example.com", "WEBSITE_DOMAIN": "https://app.example.com"},
        {"ANTI_CSRF": "NONE", "API_DOMAIN": "http://localhost:3001", "WEBSITE_DOMAIN": "http://localhost:3000"},
        {"ANTI_CSRF": "NONE", "API_DOMAIN": "http://127.0.0.1:3001", "WEBSITE_DOMAIN": "http://localhost:3000"},
        {"COOKIE_SAME_SITE": "none", "API_DOMAIN": "http://localhost", "WEBSITE_DOMAIN": "http://127.0.0.1"},
        SITES,
        SITES | {"COOKIE_SAME_SITE": "lax", "ANTI_CSRF": "NONE"},
        SITES | {"COOKIE_SAME_SITE": "strict"},
        SITES | {"ANTI_CSRF": "VIA_CUSTOM_HEADER"},
        {"API_DOMAIN": "http://api.example.com", "WEBSITE_DOMAIN": "https://app.example.org"},
    ],
)
def test_settings_that_do_not_are_taken(given):
    assert read(**given).anti_csrf == given.get("ANTI_CSRF")


@pytest.mark.parametrize("key", ["a-key of two words", "a-key\nx: y", "kéy", "k\x7fy"])
def test_an_api_key_that_no_header_can_carry_is_refused_and_not_quoted(key):
    with pytest.raises(SettingsError, match="SUPERTOKENS_API_KEY must be") as caught:
        read(API_KEY=key)

    assert "k" + key[1:4] not in repr(caught.value)


def test_an_api_key_may_end_in_a_newline():
    assert read(API_KEY="a-key\r\n").api_key == "a-key"


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({})

    assert [f"{name} is missing" for name in sorted(MINIMUM)] == sorted(str(caught.value).split("; "))


def test_the_api_key_has_one_place():
    with pytest.raises(SettingsError, match="only one"):
        read(API_KEY="key", API_KEY_SECRET="secret")


def test_the_api_key_is_not_shown():
    assert "hush" not in repr(read(API_KEY="hush"))


def test_addresses_are_paths_on_one_origin_and_urls_across_two():
    same, split = read(API_GATEWAY_PATH="/dev"), read(API_DOMAIN="https://api.example.com")

    assert same.refresh_url == "/dev/auth/session/refresh"
    assert same.sign_in_url == "/dev/auth"
    assert same.page_url("/dev/x") == "/dev/x"
    assert same.refresh_paths == ("/dev/refresh-session", "/dev/auth/session/refresh")
    assert split.refresh_url == "https://api.example.com/auth/session/refresh"
    assert split.sign_in_url == "https://example.com/auth"
    assert split.page_url("/x") == "https://example.com/x"
    assert split.secure
    assert not read(API_DOMAIN="http://localhost:3000").secure


def test_a_misspelt_field_is_an_error():
    with pytest.raises(TypeError, match=r"unknown fields \['api_domian'\] and lacks \['api_domain'\]"):
        Settings(connection_uris=("http://a",), api_domian="https://a", website_domain="https://a")


def test_settings_are_read_only():
    settings = Settings(connection_uris=("http://a",), api_domain="https://a", website_domain="https://a")

    with pytest.raises(AttributeError, match="settings are read-only; set the environment variable"):
        settings.api_domain = "https://b"
