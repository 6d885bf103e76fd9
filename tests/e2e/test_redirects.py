import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from tests.support.http_browser import Browser, Page, redirect_back

from supertokens_lambda._http.redirects import MAX_LENGTH

from .conftest import PASSWORD

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "redirects.json").read_text())
BENIGN = [vector["value"] for vector in VECTORS["benign"]]
LINKS = ["/auth/reset-password", "/auth?show=signup", "/auth/thirdparty/dev"]  # of the sign-in page, which leads on
NUMBERS: Counter[str] = Counter()


def numbered(vector):
    NUMBERS[vector["tag"]] += 1
    return pytest.param(vector["value"], id=f"{vector['tag']}-{NUMBERS[vector['tag']]}")


MALICIOUS = [numbered(vector) for vector in VECTORS["malicious"]]
# One of each kind, where more would take long.
ONE_OF_EACH = [param for param in MALICIOUS if param.id is not None and param.id.endswith("-1")]


@pytest.fixture(scope="module")
def visitor(app, account):
    with closing(Browser(app.url)) as browser:
        app.sign_in(browser, account)
        yield browser


@pytest.fixture(scope="module")
def anonymous(app):
    with closing(Browser(app.url)) as browser:
        yield browser


def with_value(page, value):
    return f"{page}?redirectBack={quote(value, safe='', errors='surrogatepass')}"


def location(hop):
    """Where a redirect leads; None if the gateway refuses the request for its size."""
    if hop.status in {414, 431}:
        assert len(hop.target) > 10_000
        return None
    return hop.location


@pytest.mark.parametrize("value", MALICIOUS)
@pytest.mark.parametrize(
    ("page", "default"),
    [("/refresh-session", "/auth/session/refresh"), ("/auth/session/refresh", "/"), ("/auth", "/dashboard")],
)
def test_a_malicious_target_is_never_emitted(visitor, page, default, value):
    assert location(visitor.hop(with_value(page, value))) in {default, None}


@pytest.mark.parametrize("value", ONE_OF_EACH)
def test_a_refresh_that_fails_does_not_hand_a_malicious_target_on(anonymous, value):
    assert location(anonymous.hop(with_value("/auth/session/refresh", value))) in {"/auth", None}


@pytest.mark.parametrize("value", MALICIOUS)
def test_a_malicious_target_is_in_no_form(anonymous, value):
    hop = anonymous.hop(with_value("/auth", value))
    if hop.status not in {414, 431}:
        page = Page(anonymous.origin + hop.target, (hop,))
        assert page.document.one("form").attributes["action"] == "/auth"
        assert [link.attributes["href"] for link in page.document.all("a")] == LINKS


@pytest.mark.parametrize("value", ONE_OF_EACH)
def test_a_form_that_is_sent_with_a_malicious_target_leads_to_the_dashboard(anonymous, account, value):
    form = anonymous.open("/auth")
    target = with_value("/auth", value)
    hop = anonymous.submit_hop(form, to=target, email=account.email, password=PASSWORD)
    led_to = location(hop)
    assert led_to in {"/auth?signIn=done", None}
    assert led_to is None or anonymous.hop(led_to).location == "/dashboard"
    anonymous.clear()


@pytest.mark.parametrize("value", BENIGN)
def test_a_benign_target_survives_the_refresh_byte_for_byte(visitor, value):
    hop = visitor.hop(with_value("/refresh-session", value))
    assert hop.location == redirect_back("/auth/session/refresh", value)
    assert visitor.hop(hop.location).location == value


@pytest.mark.parametrize("value", BENIGN)
def test_a_benign_target_survives_the_sign_in_page_byte_for_byte(visitor, anonymous, value):
    assert visitor.hop(with_value("/auth", value)).location == value
    page = anonymous.open(with_value("/auth", value))
    assert page.document.one("form").attributes["action"] == redirect_back("/auth", value)


@pytest.mark.parametrize("value", BENIGN[::4])
def test_a_benign_target_survives_the_sign_in_byte_for_byte(anonymous, account, value):
    page = anonymous.open(with_value("/auth", value))
    hop = account.submit_hop(anonymous, page)
    onward = anonymous.hop(hop.location)
    anonymous.clear()
    assert (hop.status, hop.location) == (303, f"{redirect_back('/auth', value)}&signIn=done")
    assert (onward.status, onward.location) == (303, value)


@pytest.mark.parametrize("value", BENIGN)
def test_a_benign_target_survives_a_refresh_that_fails(anonymous, value):
    assert anonymous.hop(with_value("/auth/session/refresh", value)).location == redirect_back("/auth", value)


@pytest.mark.parametrize("letter", ["a", "=", "%5B"])
def test_the_longest_target_survives_both_hops_and_a_longer_one_is_left_out(app, account, anonymous, letter):
    app.sign_in_hours_ago(anonymous, account)
    unit = len(quote(letter, safe="/"))
    longest = "/dashboard?" + letter * ((MAX_LENGTH - len("/dashboard%3F")) // unit)

    page = anonymous.open(longest)

    assert [hop.status for hop in page.hops] == [302, 302, 302, 200]
    assert (page.target, page.heading) == (longest, "Dashboard")
    assert max(len(hop.target) for hop in page.hops) <= len(redirect_back("/auth/session/refresh", "")) + MAX_LENGTH
    anonymous.clear()
    app.sign_in_hours_ago(anonymous, account)
    page = anonymous.open(longest + letter)
    assert page.locations == ["/refresh-session", "/auth/session/refresh", "/"]
    assert (page.status, page.heading) == (200, "Welcome back")
    anonymous.clear()


def test_a_target_stays_on_this_host_when_the_header_names_another(visitor):
    hop = visitor.hop(redirect_back("/auth/session/refresh", "/dashboard"), headers={"host": "evil.example"})
    assert not urlsplit(hop.location).netloc
