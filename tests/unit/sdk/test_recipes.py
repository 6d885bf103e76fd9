import asyncio
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from supertokens_lambda import forms, sign_in
from supertokens_lambda._verification.verdict import Failed, Unavailable
from supertokens_lambda.settings import SettingsError, parameter

SECRET = "secret-of-the-client"


@pytest.fixture(autouse=True)
def fresh(toolkit):
    toolkit().stop()
    yield
    toolkit().stop()


@pytest.fixture
def github(monkeypatch):
    def configure(name):
        monkeypatch.setenv("GITHUB_CLIENT_ID", "app")
        monkeypatch.setenv("GITHUB_CLIENT_SECRET_PARAMETER", name)

    return configure


def offered() -> Any:
    return forms.recipes()


def put(aws, name, value=SECRET):
    aws("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def test_the_sample_has_password_roles_and_verification():
    found = offered()

    assert {"session", "emailpassword", "emailverification", "userroles"} <= found.ids
    assert not {"thirdparty", "passwordless", "totp"} & found.ids
    assert found.first_factors == {"emailpassword"}
    assert found.providers == ()


def test_a_provider_is_configured_by_variables(aws, github, seen_tokens):
    seen_tokens.add(SECRET)
    github("/app/github")
    put(aws, "/app/github")

    found = offered()

    assert [(each.id, each.name) for each in found.providers] == [("github", "Github")]
    assert found.first_factors == {"emailpassword", "thirdparty"}


def test_a_secret_that_is_not_there_is_named_until_it_is(aws, github, seen_tokens):
    seen_tokens.add(SECRET)
    github("/app/late")

    with pytest.raises(SettingsError, match="AWS answers ParameterNotFound for the parameter /app/late; correct"):
        forms.recipes()

    put(aws, "/app/late")
    assert offered().providers


def test_a_secret_out_of_reach_is_a_fault_that_passes(aws, github, monkeypatch, seen_tokens):
    seen_tokens.add(SECRET)
    github("/app/far")
    put(aws, "/app/far")
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        assert isinstance(forms.recipes(), Unavailable)

    assert offered().providers


def test_a_key_of_the_core_that_is_not_there_fails(aws, toolkit):
    toolkit(API_KEY_PARAMETER="/app/no-such-key")

    assert isinstance(forms.recipes(), Failed)


def test_a_parameter_comes_without_the_newline_at_its_end(aws, seen_tokens):
    seen_tokens.add(SECRET)
    put(aws, "/app/newline", f"{SECRET}\n")

    assert parameter("/app/newline") == SECRET


@pytest.mark.parametrize("name", ["send_email", "send_sms"])
def test_a_magic_link_has_its_code_in_the_query(name):
    sent = []

    async def send(template_vars, user_context):
        sent.append(template_vars.url_with_link_code)

    delivery = forms.link_code_in_query(SimpleNamespace(**{name: send}))
    for link in ("https://a.example/auth/verify?preAuthSessionId=1&tenantId=public#code", None):
        asyncio.run(getattr(delivery, name)(SimpleNamespace(url_with_link_code=link), {}))

    assert sent == ["https://a.example/auth/verify?preAuthSessionId=1&tenantId=public&linkCode=code", None]


class TestFieldsOfTheSignUp:
    @pytest.fixture(autouse=True)
    def _with_fields(self, fresh, backend_config):
        backend_config("""
            from supertokens_lambda.settings import session_options
            from supertokens_python.recipe import emailpassword, session
            from supertokens_python.recipe.emailpassword import InputFormField

            def recipe_list(settings):
                fields = [InputFormField("firstName"), InputFormField("shoe_size", optional=True)]
                sign_up = emailpassword.InputSignUpFeature(form_fields=fields)
                return [session.init(**session_options(settings)), emailpassword.init(sign_up_feature=sign_up)]
        """)

    def send(self, browser, target, **fields):
        typed = {"email": "ada@example.com", "password": "correct-horse-1", **fields}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return browser.open(sign_in.handler, target, method="POST", body=urlencode(typed).encode(), headers=headers)

    def test_are_asked_for(self, browser):
        page = browser.open(sign_in.handler, "/auth?show=signup").content.decode()

        assert '<label for="firstName">First name</label>\n<input id="firstName"' in page
        assert '<label for="shoe_size">Shoe size (optional)</label>' in page
        assert "firstName" not in browser.open(sign_in.handler, "/auth").content.decode()

    def test_are_sent_on(self, browser, seen_tokens):
        seen_tokens.add("ada@example.com")
        missing = self.send(browser, "/auth?show=signup", shoe_size="<39>")

        assert missing.status == 400
        assert 'id="firstName-error">Field is not optional' in missing.content.decode()
        assert 'value="&lt;39&gt;"' in missing.content.decode()
        assert self.send(browser, "/auth?show=signup", firstName="Ada").status == 303
        assert self.send(browser, "/auth").status == 303
