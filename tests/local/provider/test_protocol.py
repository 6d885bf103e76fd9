"""The provider, endpoint by endpoint."""

import asyncio
import base64
import hashlib

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from supertokens_lambda_local.provider.app import Provider
from supertokens_lambda_local.provider.grants import CODE_LIFE, TOKEN_LIFE, Secrets

ISSUER = "http://127.0.0.1:9/provider"
CALLBACK = "https://app.example/auth/callback/dev?kept=1"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Visitor:
    """Somebody who asks the provider."""

    def __init__(self):
        self.clock = Clock()
        self.provider = Provider(ISSUER, {"https://app.example"}, self.clock)
        self.app = Starlette(routes=[Mount("/provider", routes=self.provider.routes())])

    def ask(self, method, path, **options):
        async def ask():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app)) as http:
                return await http.request(method, f"{ISSUER}{path}", **options)

        return asyncio.run(ask())

    def query(self, **changed):
        query = {
            "client_id": self.provider.client.id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid email",
            **changed,
        }
        return {name: value for name, value in query.items() if value is not None}

    def decide(self, *, headers=None, form=None, **query):
        data = {"email": "ada@example.com", "decision": "verified", **(form or {})}
        return self.ask("POST", "/authorize", params=self.query(**query), data=data, headers=headers)

    def code(self, **query):
        return httpx.URL(self.decide(**query).headers["location"]).params["code"]

    def redeem(self, code, *, auth=None, **changed):
        client = {} if auth else {"client_id": self.provider.client.id, "client_secret": self.provider.client.secret}
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **client, **changed}
        data = {name: value for name, value in form.items() if value is not None}
        return self.ask("POST", "/token", data=data, auth=auth)


@pytest.fixture
def visitor():
    return Visitor()


def test_discovery_names_the_endpoints(visitor):
    found = visitor.ask("GET", "/.well-known/openid-configuration").json()
    assert found["issuer"] == ISSUER
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert visitor.ask("GET", found[name].removeprefix(ISSUER)).status_code != 404


def test_the_id_token_is_signed_and_says_who_it_is_for(visitor):
    tokens = visitor.redeem(visitor.code(nonce="a nonce")).json()
    [key] = visitor.ask("GET", "/jwks").json()["keys"]
    assert not {"d", "p", "q"} & key.keys()
    payload = jwt.decode(
        tokens["id_token"], jwt.PyJWK(key), ["RS256"], audience=visitor.provider.client.id, issuer=ISSUER
    )
    assert jwt.get_unverified_header(tokens["id_token"])["kid"] == key["kid"]
    assert (payload["nonce"], payload["email"], payload["email_verified"]) == ("a nonce", "ada@example.com", True)
    assert payload["exp"] == payload["iat"] + TOKEN_LIFE


def test_userinfo_says_the_same_as_the_id_token(visitor):
    answer = visitor.redeem(visitor.code())
    assert answer.headers["cache-control"] == "no-store"
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    found = visitor.ask("GET", "/userinfo", headers=headers).json()
    payload = jwt.decode(answer.json()["id_token"], options={"verify_signature": False})
    assert found == {name: payload[name] for name in ("sub", "email", "email_verified")}


@pytest.mark.parametrize("authorization", [None, "Bearer x", "Basic eDp5", "Bearer"])
def test_userinfo_takes_its_own_tokens_alone(visitor, authorization):
    answer = visitor.ask("GET", "/userinfo", headers={"authorization": authorization} if authorization else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_nobody_learns_an_address_that_was_not_asked_for(visitor):
    tokens = visitor.redeem(visitor.code(scope="openid")).json()
    assert "email" not in jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert "id_token" not in visitor.redeem(visitor.code(scope=None)).json()


def test_the_query_of_the_redirect_and_the_state_come_back(visitor):
    location = httpx.URL(visitor.decide(state="a&b=c ü").headers["location"])
    assert location.params["kept"] == "1"
    assert location.params["state"] == "a&b=c ü"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "https://app.example@evil.example/"},
        {"redirect_uri": "https://app.example.evil.example/"},
        {"redirect_uri": "http://app.example/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https://app.example/#fragment"},
        {"redirect_uri": "https://app.example/\r\nx"},
        {"redirect_uri": "https://[/"},
        {"redirect_uri": "http://evil.example@localhost/"},
        {"redirect_uri": "http://evil.example\\.localhost/"},
        {"redirect_uri": "http://localhost.evil.example/"},
        {"redirect_uri": "//localhost/"},
        {"redirect_uri": ["https://app.example/", "https://app.example/"]},
    ],
)
def test_no_browser_is_sent_to_strangers(visitor, changed):
    for method in ("GET", "POST"):
        answer = visitor.ask(method, "/authorize", params=visitor.query(**changed))
        assert answer.status_code == 400
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    "uri", ["http://localhost:5173/cb", "http://127.0.0.1/cb", "http://[::1]:1/", "http://a.localhost/"]
)
def test_redirects_lead_to_this_machine(visitor, uri):
    assert visitor.ask("GET", "/authorize", params=visitor.query(redirect_uri=uri)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"code_challenge": CHALLENGE}, "invalid_request"),
        ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"nonce": ["1", "2"]}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(visitor, changed, error):
    answer = visitor.ask("GET", "/authorize", params=visitor.query(state="s", **changed))
    location = httpx.URL(answer.headers["location"])
    assert (location.params["error"], location.params["state"]) == (error, "s")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://app.example"},
        {"origin": "null"},
    ],
)
def test_another_site_cannot_send_the_form(visitor, headers):
    answer = visitor.decide(headers=headers)
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_the_provider_itself_can_send_the_form(visitor):
    headers = {"origin": "http://127.0.0.1:9", "sec-fetch-site": "same-origin"}
    assert visitor.decide(headers=headers).status_code == 303


@pytest.mark.parametrize("email", ["", "ada", "@example.com", 'a"b@example.com', "a@b@c", "x" * 65 + "@example.com"])
def test_what_is_no_address_is_asked_for_again(visitor, email):
    answer = visitor.decide(form={"email": email})
    assert answer.status_code == 400
    assert "<title>Error: " in answer.text
    assert "location" not in answer.headers


def test_nothing_of_a_request_is_taken_for_html(visitor):
    script = '"><script>alert(1)</script>'
    page = visitor.ask("GET", "/authorize", params=visitor.query(login_hint=script, state=script, nonce=script))
    assert "<script" not in page.text
    assert "<script" not in visitor.decide(form={"email": script}, state=script).text


def test_who_has_signed_in_is_proposed_again(visitor):
    visitor.decide(form={"email": "eve@example.com"})
    page = visitor.ask("GET", "/authorize", params=visitor.query(login_hint="hint@example.com"))
    assert '<option value="eve@example.com">' in page.text
    assert 'value="hint@example.com"' in page.text


def test_the_client_may_use_basic(visitor):
    client = visitor.provider.client
    assert visitor.redeem(visitor.code(), auth=(client.id, client.secret)).status_code == 200
    refused = visitor.redeem(visitor.code(), auth=(client.id, "wrong"))
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Basic")


@pytest.mark.parametrize(
    "changed", [{"client_secret": "wrong"}, {"client_secret": None}, {"client_secret": ""}, {"client_id": "another"}]
)
def test_a_client_that_does_not_prove_itself(visitor, changed):
    answer = visitor.redeem(visitor.code(), **changed)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("query", "changed"),
    [
        ({}, {"redirect_uri": "https://app.example/"}),
        ({}, {"redirect_uri": None}),
        ({}, {"code_verifier": VERIFIER}),
        ({}, {"client_secret": None, "code_verifier": VERIFIER}),
        (PKCE, {}),
        (PKCE, {"code_verifier": "w" * 64}),
        (PKCE, {"code_verifier": ""}),
    ],
)
def test_a_code_is_refused(visitor, query, changed):
    code = visitor.code(**query)
    answer = visitor.redeem(code, **changed)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert visitor.redeem(code, **({"code_verifier": VERIFIER} if query else {})).status_code == 400  # it is spent


def test_an_unknown_code(visitor):
    assert visitor.redeem("another").json()["error"] == "invalid_grant"


def test_a_verifier_needs_no_secret(visitor):
    code = visitor.code(**PKCE)
    assert visitor.redeem(code, client_secret=None, code_verifier=VERIFIER).status_code == 200


def test_a_code_and_a_token_have_an_end(visitor):
    token = visitor.redeem(visitor.code()).json()["access_token"]
    code = visitor.code()
    visitor.clock.now += CODE_LIFE
    assert visitor.redeem(code).json()["error"] == "invalid_grant"
    headers = {"authorization": f"Bearer {token}"}
    assert visitor.ask("GET", "/userinfo", headers=headers).status_code == 200
    visitor.clock.now += TOKEN_LIFE
    assert visitor.ask("GET", "/userinfo", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"data": {"grant_type": "refresh_token"}}, "invalid_client"),
        ({"content": "code=1&code=2"}, "invalid_request"),
        ({"content": b"\xff"}, "invalid_request"),
        ({"content": "a=1&" * 101}, "invalid_request"),
    ],
)
def test_a_malformed_request_for_a_token(visitor, options, error):
    assert visitor.ask("POST", "/token", **options).json()["error"] == error


def test_another_kind_of_grant(visitor):
    assert visitor.redeem("x", grant_type="password").json()["error"] == "unsupported_grant_type"


def test_a_body_without_end_is_refused(visitor):
    assert visitor.ask("POST", "/token", content=b"x" * 100_001).status_code == 413


def test_secrets_do_not_grow_without_end():
    kept: Secrets[str] = Secrets(60.0)
    first = kept.add("first")
    for number in range(1000):
        kept.add(str(number))
    assert kept.find(first) is None


def test_a_repr_has_no_secret(visitor):
    assert visitor.provider.client.secret not in repr(visitor.provider.client)
