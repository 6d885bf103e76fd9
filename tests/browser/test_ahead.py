"""What a browser or another page asks for ahead of a visit, or behind its back: none of it may rotate the tokens."""

import pytest

RULES = '<script type="speculationrules">{"%s": [{"urls": ["/dashboard?a=1"], "eagerness": "immediate"}]}</script>'


def show(tab, url, html):
    """Show a page that is none of the application's."""
    tab.page.route(url, lambda route: route.fulfill(content_type="text/html", body=f"<!doctype html>{html}"))
    tab.page.goto(url)


@pytest.mark.parametrize(
    "head",
    ['<link rel="prefetch" href="/dashboard?a=1">', RULES % "prefetch", RULES % "prerender"],
    ids=["link", "prefetch-rule", "prerender-rule"],
)
def test_a_page_that_is_fetched_ahead_is_not_refreshed_until_it_is_visited(visitor, core, head):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    show(tab, f"{visitor.site.url}/links", f'{head}<a href="/dashboard?a=1">Dashboard</a>')
    visitor.site.said(r"GET /dashboard\?… 401 \d+ ms  DashboardFunction  try-refresh: token-expired\n")
    assert core.refreshes == []
    tab.press("text=Dashboard")
    assert (tab.heading, tab.target) == ("Dashboard", "/dashboard?a=1")
    assert core.refreshes == ["OK"]


@pytest.mark.parametrize("origin", ["its own", "another port"])
def test_an_image_that_points_at_the_refresh_rotates_nothing(visitor, core, javascript, origin):
    visitor.signed_up_hours_ago()
    before = visitor.cookies()
    tab = visitor.tab()
    image = f'<img src="{visitor.site.url}/auth/session/refresh?redirectBack=/dashboard" alt="">'
    # To a browser two ports are one site, and SameSite lets the cookies through.
    page = visitor.site.url if origin == "its own" else f"{visitor.site.url.rpartition(':')[0]}:1"
    visitor.context.grant_permissions(["local-network-access"], origin=page)
    show(tab, f"{page}/picture", image)
    visitor.site.said(r"GET /auth/session/refresh\?… 403 \d+ ms  Refresh\w+  refresh-refused: not-a-navigation\n")
    assert core.refreshes == []
    assert visitor.cookies() == before
    tab.open("/dashboard")
    assert tab.heading == "Dashboard"
    assert core.refreshes == ["OK"]
