"""A form whose session has expired while it was filled in, in a browser with scripts and without."""

from base64 import b64decode
from urllib.parse import parse_qsl

import pytest

from .conftest import ROOT
from .visitor import PASSWORD

pytestmark = pytest.mark.usefixtures("javascript")

TITLE = "Grüße, 你好 🎈 </form><script>alert(1)</script> & \"quoted\" 'too' + a%20b"
TEXT = "one\n\n  two <b>&amp;</b>\n\ttab\n"


@pytest.fixture(scope="module", params=["http", "https"])
def site(request, new_site):
    return new_site(ROOT / "tests/e2e/templates/notes.yaml", https=request.param == "https")


@pytest.fixture
def tab(visitor):
    """Be at the form, hours after signing in, with everything filled in but not sent."""
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    tab.open("/notes")
    tab.page.fill("#plain [name=title]", TITLE)
    tab.page.fill("#plain textarea", TEXT)
    tab.page.fill("#plain [name=password]", "hunter2-hunter2")
    return tab


@pytest.fixture
def posts(visitor):
    """Collect what is posted to the form's address."""
    requests = visitor.requests()
    return lambda: [found.post_data_buffer for found in requests if found.method == "POST" and "/notes" in found.url]


def saved(tab):
    return b64decode(tab.page.inner_text("#body"))


def renewed(tab):
    tab.site.said(r"GET /auth/session/refresh\?… 302 \d+ ms  \w+  refreshed: refreshed\n")


def test_what_was_typed_arrives_byte_for_byte_with_the_session(tab, posts, core):
    tab.press("#plain button")

    assert tab.heading == "Your session has expired"
    assert "hunter2" not in tab.page.content()
    renewed(tab)
    assert core.refreshes == ["OK"]
    tab.page.fill("[name=password]", "hunter2-hunter2")
    tab.press("text=Send again")

    assert tab.heading == "Saved"
    assert tab.page.inner_text("#to") == "/notes?draft=1&q=a%20b"
    first, second = posts()
    assert saved(tab) == first == second
    fields = parse_qsl(first.decode())
    assert dict(fields)["title"] == TITLE
    assert dict(fields)["text"] == TEXT.replace("\n", "\r\n")
    assert fields[2:4] == [("again", "1"), ("again", "2")]
    assert fields[-1] == ("action", "save")


def test_a_session_that_is_over_is_followed_by_another_and_nothing_is_lost(tab, visitor, posts, core):
    visitor.context.clear_cookies(name="sRefreshToken")
    tab.press("#plain button")
    tab.site.said(r"GET /auth/session/refresh\?… 302 \d+ ms  \w+  refresh-failed: refresh-token-missing\n")
    tab.press("text=Send again")
    assert tab.heading == "Your session has expired"

    with visitor.context.expect_page() as opened:
        tab.page.click("text=sign in")
    other = type(tab)(tab.site, opened.value)
    other.page.get_by_label("E-mail address").fill(visitor.email)
    other.page.get_by_label("Password").fill(PASSWORD)
    other.press("main form button")
    assert other.heading == "Dashboard"
    tab.press("text=Send again")

    assert tab.heading == "Saved"
    assert dict(parse_qsl(saved(tab).decode()))["title"] == TITLE


def test_a_button_alone_is_pressed_once_more(tab, posts):
    tab.press("#button button")
    renewed(tab)
    tab.press("text=Send again")

    assert tab.heading == "Saved"
    assert saved(tab) == b""


def test_a_file_is_not_lost_without_a_word(tab, core):
    tab.page.set_input_files("#files input", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"content"})
    tab.press("#files button")

    assert tab.heading == "Your session has expired"
    assert "cannot keep what you sent" in tab.page.inner_text("main")
    assert core.refreshes == []
    tab.back()
    assert tab.page.input_value("#plain [name=title]") == TITLE


def test_a_form_of_another_site_gets_nothing_to_confirm(tab, visitor, core):
    form = f'<form method="post" action="{tab.site.url}/notes"><input name="a" value="forged"><button>x</button></form>'
    foreign = f"{tab.site.url.rpartition(':')[0]}:1"
    visitor.context.grant_permissions(["local-network-access"], origin=foreign)
    tab.page.route(f"{foreign}/forge", lambda route: route.fulfill(content_type="text/html", body=form))
    tab.page.goto(f"{foreign}/forge")
    tab.press("button")

    assert '{"message":' in tab.page.content()
    assert "forged" not in tab.page.content()
    assert core.refreshes == []
