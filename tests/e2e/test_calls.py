"""What is no page that a browser navigates to: fetches, prefetches, images, other methods."""

from contextlib import closing

import pytest
from tests.support.http_browser import Browser, redirect_back

TARGET = "/dashboard?tab=billing"
REFRESH = redirect_back("/auth/session/refresh", "/dashboard")
NO_PAGE = [
    pytest.param({"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "*/*"}, id="fetch"),
    pytest.param({"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "text/html"}, id="fetch of a page"),
    pytest.param({"sec-purpose": "prefetch"}, id="prefetch"),
    pytest.param({"sec-purpose": "prefetch;prerender"}, id="prerender"),
    pytest.param({"purpose": "prefetch"}, id="older prefetch"),
    pytest.param({"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors", "accept": "image/*"}, id="image"),
    pytest.param({"sec-fetch-dest": "script", "sec-fetch-mode": "no-cors", "accept": "*/*"}, id="script"),
]


@pytest.fixture(scope="module")
def stale(app, account):
    """A browser with a session that no test here may refresh."""
    with closing(Browser(app.url)) as browser:
        app.sign_in_hours_ago(browser, account)
        yield browser


def refuses(response, message):
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert "location" not in response.headers
    assert response.json() == {"message": message}
    return True


@pytest.mark.parametrize("headers", NO_PAGE)
def test_without_a_session_it_is_refused_and_not_redirected(browser, headers):
    assert refuses(browser.hop(TARGET, headers=headers).response, "unauthorised")


@pytest.mark.parametrize("headers", NO_PAGE)
def test_with_an_expired_token_it_is_told_to_refresh(stale, headers):
    hop = stale.hop(TARGET, headers=headers)
    assert refuses(hop.response, "try refresh token")
    assert not hop.response.headers.get_list("set-cookie")


@pytest.mark.parametrize("headers", NO_PAGE)
def test_with_a_session_it_gets_the_page(known, headers):
    assert known.hop(TARGET, headers=headers).status == 200


@pytest.mark.parametrize("headers", NO_PAGE)
def test_it_rotates_nothing_at_the_refresh(stale, headers):
    hop = stale.hop(REFRESH, headers=headers)
    assert "sRefreshToken" in hop.cookies
    assert hop.status == 403
    assert "location" not in hop.response.headers
    assert not hop.response.headers.get_list("set-cookie")


def test_what_is_refused_at_the_refresh_leaves_the_session_as_it_is(expired):
    assert expired.hop(REFRESH, headers={"sec-fetch-dest": "image"}).status == 403
    assert expired.open(TARGET).target == TARGET


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html;q=0.9", ""])
def test_a_client_that_wants_no_html_is_no_browser(new_browser, accept):
    browser = new_browser(fetch_metadata=False)
    assert refuses(browser.hop(TARGET, headers={"accept": accept}).response, "unauthorised")


def test_a_frame_is_a_page(browser):
    assert browser.hop(TARGET, headers={"sec-fetch-dest": "iframe"}).status == 302


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/dashboard", "/refresh-session"])
def test_a_page_knows_no_method_but_get(known, method, path):
    assert known.fetch(method, path).status_code == 404


@pytest.mark.parametrize("path", ["/no-such-page", "/dashboard/deeper", "/Dashboard", "/auth-and-more"])
def test_what_is_no_route_is_not_found(known, path):
    assert known.hop(path).status == 404


def test_a_head_of_the_refresh_rotates_nothing(stale):
    response = stale.send("HEAD", REFRESH, headers={"accept": "text/html", "sec-fetch-dest": "document"})
    assert not response.headers.get_list("set-cookie")
