import pytest

from supertokens_lambda.http.message import Headers, Request
from supertokens_lambda.http.navigation import is_page

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
