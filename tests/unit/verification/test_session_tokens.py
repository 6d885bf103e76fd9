import json
import time
from base64 import b64decode
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import pairwise, product

import pytest
from supertokens_python.recipe.session.cookie_and_header import (
    access_token_mutator,
    anti_csrf_response_mutator,
    build_front_token,
    clear_session_from_all_token_transfer_methods,
)
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.utils import get_top_level_domain_for_same_site_resolution
from tldextract import TLDExtract

from supertokens_lambda._http.message import Request
from supertokens_lambda._runtime import current
from supertokens_lambda._sdk.sdk_call import SdkCall
from supertokens_lambda._sdk.sdk_response import SdkResponse
from supertokens_lambda._verification.session_tokens import (
    front_token,
    same_site,
    session_cookies,
)
from supertokens_lambda._verification.session_writer import SessionWriter, cleared_session
from supertokens_lambda.settings import Settings

APPLICATIONS: list[dict[str, str]] = [
    {},
    {"COOKIE_DOMAIN": ".example.com", "COOKIE_SAME_SITE": "strict"},
    {"COOKIE_DOMAIN": "App.Example.com", "API_GATEWAY_PATH": "/dev", "API_BASE_PATH": "/api/v1/auth"},
    {"API_DOMAIN": "http://localhost:3000", "WEBSITE_DOMAIN": "http://localhost:3000"},
    {"API_DOMAIN": "https://api.example.com", "WEBSITE_DOMAIN": "https://www.example.com"},
    {"API_DOMAIN": "https://api.example.com", "WEBSITE_DOMAIN": "http://www.example.com"},
    {"API_DOMAIN": "https://api.example.com", "WEBSITE_DOMAIN": "https://example.org", "COOKIE_SAME_SITE": "None"},
]
CLAIMS = {"sub": "user", "é": ["ü", None, 1.5], "exp": 2_000}


@pytest.fixture(params=APPLICATIONS, ids=range(len(APPLICATIONS)))
def settings(request, toolkit):
    toolkit(**request.param)
    current().sdk.start()
    return current().settings


def taken_apart(additions):
    """Take Set-Cookie headers apart, expiry to seconds since 1970."""
    cookies = []
    for cookie in additions.cookies:
        pair, *attributes = cookie.split("; ")
        (expires,) = (each.removeprefix("Expires=") for each in attributes if each.startswith("Expires="))
        rest = sorted(each for each in attributes if not each.startswith("Expires="))
        cookies.append((pair, rest, parsedate_to_datetime(expires).timestamp()))
    return sorted(cookies), additions.headers


def by_the_sdk(write):
    recipe, response = SessionRecipe.get_instance(), SdkResponse()
    exchange = SdkCall(Request(method="GET", seen_path="/page", path="/page"))
    write(recipe, response, exchange)
    return taken_apart(response.additions())


@pytest.mark.parametrize("method", ["cookie", "header"])
@pytest.mark.parametrize(("token", "anti_csrf"), [("a.b.c", None), ("a+/=.b%.c d", "csrf-1"), ("a.b.c", "")])
def test_a_new_access_token_is_written_as_the_sdk_writes_it(settings, method, token, anti_csrf):
    def write(recipe, response, exchange):
        mutator = access_token_mutator(token, "front", recipe.config, method, exchange.sdk_request)
        mutator(response, exchange.user_context)
        if anti_csrf is not None:
            anti_csrf_response_mutator(anti_csrf)(response, exchange.user_context)

    writer = SessionWriter(settings)
    writer.set_access_token(token, "front", method)
    if anti_csrf is not None:
        writer.set_anti_csrf_token(anti_csrf)
    cookies, headers = taken_apart(writer.additions())
    sdk_cookies, sdk_headers = by_the_sdk(write)

    assert headers == sdk_headers
    assert [cookie[:2] for cookie in cookies] == [cookie[:2] for cookie in sdk_cookies]
    assert len(cookies) == (method == "cookie")
    for (_, _, ours), (_, _, sdks) in zip(cookies, sdk_cookies, strict=True):
        assert abs(ours - sdks) <= 2
        assert abs(ours - time.time() - 31_536_000) <= 5


def test_a_session_is_cleared_as_the_sdk_clears_it(settings):
    def write(recipe, response, exchange):
        clear_session_from_all_token_transfer_methods(response, recipe, exchange.sdk_request, exchange.user_context)

    assert taken_apart(cleared_session(settings)) == by_the_sdk(write)


@pytest.mark.parametrize(
    "claims", [{}, CLAIMS, {"b": 1, "a": {"d": True, "c": []}}, {"x": float("nan")}, {"x": 10**30}], ids=range(5)
)
def test_the_front_token_is_the_sdks(claims):
    token = front_token("user-é", 1_700_000_000_000, claims)

    assert token == build_front_token("user-é", 1_700_000_000_000, claims)
    read = json.loads(b64decode(token))
    assert (read["uid"], read["ate"]) == ("user-é", 1_700_000_000_000)


DOMAINS = [
    "https://example.com",
    "http://example.com",
    "https://example.com:8443",
    "https://app.example.com",
    "https://a.b.example.com",
    "https://example.org",
    "https://example.co.uk",
    "https://app.example.co.uk",
    "https://other.co.uk",
    "http://localhost:3000",
    "http://localhost:3001",
    "http://localhost.example.com",
    "http://127.0.0.1:3000",
    "http://10.0.0.1",
    "https://one.github.io",
    "https://two.github.io",
    "https://abc.execute-api.eu-west-1.amazonaws.com",
    "https://def.execute-api.eu-west-1.amazonaws.com",
    "https://abc.lambda-url.us-east-1.on.aws",
    "https://d1.cloudfront.net",
    "https://intranet",
]


def test_same_site_is_as_the_sdk_compares_domains(monkeypatch):
    monkeypatch.setenv("SUPERTOKENS_TLDEXTRACT_DISABLE_HTTP", "1")
    # Each time the SDK looks at a domain it parses the list of public suffixes anew.
    monkeypatch.setattr("supertokens_python.utils.TLDExtract", cache(TLDExtract))
    top_level = {domain: top_level_of(domain) for domain in DOMAINS}

    for api_domain, website_domain in {*product(DOMAINS[:1], DOMAINS), *pairwise(DOMAINS)}:
        same_scheme = api_domain.partition(":")[0] == website_domain.partition(":")[0]
        expected = "lax" if same_scheme and top_level[api_domain] == top_level[website_domain] else "none"
        settings = Settings(connection_uris=("http://core",), api_domain=api_domain, website_domain=website_domain)
        assert same_site(settings) == expected, (api_domain, website_domain)


def top_level_of(domain: str) -> str:
    found: str = get_top_level_domain_for_same_site_resolution(domain)
    return found


@pytest.mark.parametrize("given", ["lax", "strict", "none"])
def test_same_site_may_be_given(given):
    settings = Settings(
        connection_uris=("http://core",),
        api_domain="https://example.com",
        website_domain="https://example.org",
        cookie_same_site=given,
    )

    assert same_site(settings) == given


@pytest.mark.parametrize(
    ("header", "access_token", "has_duplicates", "is_legacy"),
    [
        ("", None, False, False),
        ("theme=dark", None, False, False),
        ("theme=dark; sAccessToken=a%2Fb; sFrontToken=c", "a/b", False, False),
        ('sAccessToken="a"', "a", False, False),
        ("sAccessToken=a; sAccessToken=b", "a", True, False),
        ("sAccessToken=a; %73AccessToken=b", "a", True, False),
        ("sAccessToken=a; sAccessToken=b=c", "a", True, False),
        ("sAccessToken=a==; sAccessToken=b", "a==", True, False),
        ("sAccessToken=a; sAccessToken=", "a", True, False),
        ("sAccessToken=a;\x0bsAccessToken\xa0=b", "a", True, False),
        ("%73AccessToken=a=; s%41ccessToken=b; sAccessToken=c", "c", True, False),
        ("%73AccessToken=a", None, False, False),
        ("sAccessToken=a; sAccessToken", "a", False, False),
        ("sAccessToken=a; saccesstoken=b", "a", False, False),
        ("sAccessToken=a; x%3DsAccessToken=b", "a", False, False),
        ("sAccessToken=a; x=sAccessToken", "a", False, False),
        ("sIdRefreshToken=a", None, False, True),
        ("x=sIdRefreshToken", None, False, False),
    ],
)
def test_a_cookie_header_says_this_of_a_session(header, access_token, has_duplicates, is_legacy):
    cookies = session_cookies(header)

    assert cookies.access_token == access_token
    assert (cookies.has_duplicates, cookies.is_legacy) == (has_duplicates, is_legacy)


def test_what_a_cookie_header_says_is_not_shown():
    assert "hush" not in repr(session_cookies("sAccessToken=hush"))


def test_one_header_is_read_once():
    assert session_cookies("sAccessToken=once") is session_cookies("sAccessToken=once")


def test_headers_are_not_kept_for_ever():
    kept = [session_cookies(f"sAccessToken={number}") for number in range(1_000)]

    assert session_cookies("sAccessToken=999") is kept[999]
    assert session_cookies("sAccessToken=0") is not kept[0]
