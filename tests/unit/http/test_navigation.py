import pytest

from supertokens_lambda._http.message import Headers, Request
from supertokens_lambda._http.navigation import is_form, is_page

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def request(method="GET", **headers):
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request(method=method, seen_path="/", path="/", headers=Headers.of(fields))


@pytest.mark.parametrize(
    "found",
    [
        request(sec_fetch_dest="document"),
        request(sec_fetch_dest="iframe", accept="*/*"),
        request("HEAD", sec_fetch_dest="document"),
        request(accept=CHROME),
        request(accept="text/html"),
        request(accept="application/json;q=0.5, text/html"),
        request(accept="application/xhtml+xml"),
    ],
    ids=str,
)
def test_a_page(found):
    assert is_page(found)


@pytest.mark.parametrize(
    "found",
    [
        request(),
        request(accept="*/*"),
        request(accept="application/json"),
        request(accept="application/json, text/html"),
        request(accept="text/html;q=0.5, application/json"),
        request(accept="text/html;q=0"),
        request(accept="text/html;q=nonsense"),
        request(accept=""),
        request("POST", sec_fetch_dest="document", accept=CHROME),
        request(sec_fetch_dest="empty", accept=CHROME),
        request(sec_fetch_dest="image", accept=CHROME),
        request(sec_fetch_dest="document", sec_purpose="prefetch"),
        request(sec_fetch_dest="document", sec_purpose="prefetch;prerender"),
        request(accept=CHROME, purpose="prefetch"),
        request(accept=CHROME, x_moz="prefetch"),
    ],
    ids=str,
)
def test_no_page(found):
    assert not is_page(found)


FORM = "application/x-www-form-urlencoded"
ORIGINS = ("https://example.com",)
BY_FETCH_METADATA = {"sec_fetch_site": "same-origin", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}


@pytest.mark.parametrize(
    "content_type", [FORM, f"{FORM}; charset=utf-8", "multipart/form-data; boundary=x", "text/plain"]
)
@pytest.mark.parametrize(
    "headers",
    [
        BY_FETCH_METADATA,
        BY_FETCH_METADATA | {"accept": "*/*"},
        {"origin": "https://example.com", "host": "example.com", "accept": CHROME},
    ],
)
def test_a_form(content_type, headers):
    assert is_form(request("POST", content_type=content_type, **headers), ORIGINS)


@pytest.mark.parametrize(
    "headers",
    [
        BY_FETCH_METADATA | {"sec_fetch_site": "cross-site"},
        BY_FETCH_METADATA | {"sec_fetch_site": "same-site"},
        BY_FETCH_METADATA | {"sec_fetch_site": "none"},
        BY_FETCH_METADATA | {"sec_fetch_mode": "cors"},
        BY_FETCH_METADATA | {"sec_fetch_dest": "empty"},
        BY_FETCH_METADATA | {"sec_purpose": "prefetch"},
        {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
        {"accept": CHROME},
        {"accept": CHROME, "origin": "https://evil.example", "host": "example.com"},
        {"accept": CHROME, "origin": "null", "host": "example.com"},
        {"accept": "*/*", "origin": "https://example.com", "host": "example.com"},
        {"accept": "application/json", "sec_fetch_site": "same-origin"},
    ],
)
def test_no_form(headers):
    assert not is_form(request("POST", content_type=FORM, **headers), ORIGINS)


@pytest.mark.parametrize("content_type", ["application/json", "", f"{FORM}x"])
def test_what_no_form_sends(content_type):
    assert not is_form(request("POST", content_type=content_type, **BY_FETCH_METADATA), ORIGINS)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_method_that_no_form_has_by_a_page_without_scripts(method):
    assert not is_form(request(method, content_type=FORM, **BY_FETCH_METADATA), ORIGINS)
