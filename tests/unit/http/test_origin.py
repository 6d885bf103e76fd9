import pytest

from supertokens_lambda._http.message import Headers, Request
from supertokens_lambda._http.origin import is_among, is_same_origin

SITE = "https://example.com", "https://api.example.com:8443"


def post(**headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method="POST", seen_path="/auth", path="/auth", headers=Headers(fields))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://example.com"},
        {"origin": "https://api.example.com:8443"},
        {"sec_fetch_site": "same-origin"},
        # A proxy before the function has its own host, and a browser that says more is believed first.
        {"origin": "https://example.com", "host": "abc.lambda-url.eu-west-1.on.aws"},
        {"origin": "https://elsewhere.example", "sec_fetch_site": "same-origin"},
    ],
)
def test_a_form_of_the_site_is_its_own(headers):
    assert is_same_origin(post(**headers), SITE)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://example.com"},
        {"origin": "http://example.com", "host": "example.com"},
        {"origin": "https://example.com:8443"},
        {"origin": "https://example.com:80"},
        {"origin": "https://api.example.com"},
        {"origin": "https://abc.lambda-url.eu-west-1.on.aws", "host": "abc.lambda-url.eu-west-1.on.aws"},
        {"origin": "https://sub.example.com"},
        {"origin": "https://example.com.evil.example"},
        {"origin": "https://example.com/"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://["},
        {"origin": "https://example.com", "sec_fetch_site": "cross-site"},
        {"origin": "https://example.com", "sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
    ],
)
def test_a_form_of_another_site_is_not(headers):
    assert not is_same_origin(post(**headers), SITE)


@pytest.mark.parametrize(
    ("origin", "setting", "same"),
    [
        ("https://a.example", "https://a.example:443", True),
        ("http://a.example", "http://a.example:80", True),
        ("http://a.example", "http://a.example:443", False),
        ("https://a.example", "https://a.example:8443", False),
        ("http://localhost:3000", "http://localhost:3000", True),
        ("http://localhost:3001", "http://localhost:3000", False),
        ("http://[::1]:3000", "http://[::1]:3000", True),
    ],
)
def test_a_default_port_may_be_left_out(origin, setting, same):
    assert is_among(origin, (setting,)) == same
