"""The function of the sample application that is FastAPI's."""

QUERY = "?tab=billing&q=a%20b"


def test_a_report_is_for_visitors_who_are_signed_in(signed_in):
    page = signed_in.open(f"/reports/2026{QUERY}")

    assert (page.status, page.heading, len(page.hops)) == (200, "Report 2026", 1)
    assert page.response.headers["cache-control"] == "no-store"


def test_without_a_session_it_is_reached_by_way_of_the_sign_in_page(browser, account):
    target = f"/reports/caf%C3%A9{QUERY}"

    page = browser.open(target)
    assert page.heading == "Sign in"
    page = account.submit(browser, page)

    assert (page.target, page.heading) == (target, "Report café")


def test_an_expired_token_is_refreshed_and_nobody_notices(expired):
    page = expired.open(f"/reports/2026{QUERY}")

    assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
    assert page.target == f"/reports/2026{QUERY}"


def test_a_call_is_told_in_json(browser):
    answer = browser.fetch("GET", "/reports/2026")

    assert (answer.status_code, answer.json()) == (401, {"message": "unauthorised"})


def test_what_the_application_does_not_have_is_not_found_by_those_who_may_look(signed_in, browser, new_browser):
    assert signed_in.hop("/reports/a/b").status == 404
    assert new_browser().hop("/reports/a/b").status == 302
