"""The mailbox as a developer sees it, and as nobody else does."""

import asyncio
import re
from html.parser import HTMLParser

import httpx
import pytest

from supertokens_lambda_local.mail.mailbox import LETTERS, MESSAGES, Mailbox
from supertokens_lambda_local.mail.message import Message
from supertokens_lambda_local.mail.site import MailboxSite

SCRIPT = "<script>alert(1)</script>"
HOSTILE = Message(
    "e-mail",
    f"Amazon {SCRIPT}",
    (f'"{SCRIPT}"@example.com',),
    SCRIPT,
    SCRIPT,
    f'javascript:alert(1) https://example.com/?a=1&b="onclick=x {SCRIPT}',
    f'{SCRIPT}<a href="javascript:alert(1)">x</a><a href="https://example.com/html?a&amp;b">y</a>',
)


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"the application"})


@pytest.fixture
def mailbox():
    return Mailbox("http://localhost:3000/_mailbox", lambda line: None)


@pytest.fixture
def get(mailbox):
    def get(path, host="localhost:3000", client="127.0.0.1", **headers):
        site = MailboxSite(mailbox, application, {"dev.test"})

        async def ask():
            transport = httpx.ASGITransport(site, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
                return await http.get(path, headers=headers)

        return asyncio.run(ask())

    return get


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.all = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))

    def named(self, name):
        return [attributes for tag, attributes in self.all if tag == name]


def test_an_empty_mailbox(get):
    page = get("/_mailbox")
    assert page.status_code == 200
    assert "Nothing has been sent yet" in page.text
    assert get("/_mailbox.json").json() == {"messages": []}


def test_the_list_is_newest_first_and_leads_to_each_message(get, mailbox):
    for subject in ("one", "two"):
        mailbox.add(Message("e-mail", "SMTP", ("ada@example.com",), subject=subject))
    mailbox.add(Message("SMS", "Amazon SNS", ("+14155550100",), text="hello"))
    links = [link["href"] for link in Elements(get("/_mailbox").text).named("a")]
    assert links == ["/_mailbox/3", "/_mailbox/2", "/_mailbox/1", "/_mailbox.json"]
    assert [message["number"] for message in get("/_mailbox.json").json()["messages"]] == [3, 2, 1]
    assert "hello" in get("/_mailbox/3").text


def test_nothing_of_a_message_is_taken_for_html(get, mailbox):
    mailbox.add(HOSTILE)
    for path in ("/_mailbox", "/_mailbox/1"):
        page = get(path)
        elements = Elements(page.text)
        assert not elements.named("script")
        assert all(re.match(r"/|https://example\.com/", link["href"]) for link in elements.named("a"))
        assert not any(name.startswith("on") for _, attributes in elements.all for name in attributes)
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"


def test_links_are_links(get, mailbox):
    mailbox.add(HOSTILE)
    links = [link["href"] for link in Elements(get("/_mailbox/1").text).named("a")]
    assert links.count("https://example.com/?a=1&b=") == 2
    assert "https://example.com/html?a&b" in links


def test_html_is_shown_in_a_sandbox_wherever_it_is_opened(get, mailbox):
    mailbox.add(HOSTILE)
    [frame] = Elements(get("/_mailbox/1").text).named("iframe")
    assert frame["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert frame["src"] == "/_mailbox/1/html"
    shown = get(frame["src"])
    assert HOSTILE.html in shown.text
    policy = shown.headers["content-security-policy"].split("; ")
    assert policy[0] == "sandbox allow-popups allow-popups-to-escape-sandbox"
    assert {"default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= {*policy}
    assert not [directive for directive in policy if directive.startswith("script-src")]


@pytest.mark.parametrize("path", ["/_mailbox/9", "/_mailbox/9/html", "/_mailbox/1/html"])
def test_a_message_that_is_not_there(get, mailbox, path):
    mailbox.add(Message("SMS", "Amazon SNS", ("+14155550100",), text="hello"))
    assert get(path).status_code == 404
    assert "no such message" in get(path).text


@pytest.mark.parametrize("path", ["/_mailbox", "/_mailbox.json", "/_mailbox/1", "/_mailbox/1/html"])
@pytest.mark.parametrize(
    "visitor",
    [
        {"client": "192.0.2.7"},
        {"host": "evil.example"},
        {"host": "notes.localhost:3000"},
        {"host": "localhost.evil.example"},
    ],
)
def test_only_this_machine_has_a_mailbox(get, mailbox, path, visitor):
    mailbox.add(Message("e-mail", "SMTP", ("ada@example.com",), html="<p>secret</p>"))
    assert get(path, **visitor).text == "the application"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:3000", "[::1]:3000", "dev.test:3000", "LOCALHOST"])
def test_all_names_of_this_machine_lead_to_it(get, host):
    assert get("/_mailbox", host).status_code == 200


@pytest.mark.parametrize("path", ["/", "/_mailboxes", "/_mailbox.html", "/a/_mailbox"])
def test_all_other_paths_are_the_applications(get, path):
    assert get(path).text == "the application"


def test_what_has_no_bytes_is_no_end_of_the_mailbox(get, mailbox):
    half = "\ud800"
    mailbox.add(Message("e-mail", "SMTP", (half,), half, half, half, half))
    assert get("/_mailbox.json").json()["messages"][0]["subject"] == "?"
    for path in ("/_mailbox", "/_mailbox/1", "/_mailbox/1/html"):
        assert get(path).status_code == 200


def test_the_oldest_messages_go(mailbox):
    for number in range(MESSAGES + 5):
        mailbox.add(Message("SMS", "Amazon SNS", ("+14155550100",), text=str(number)))
    assert [number for number, _ in mailbox.newest_first()] == list(range(MESSAGES + 5, 5, -1))
    for _ in range(3):
        mailbox.add(Message("SMS", "Amazon SNS", ("+14155550100",), text="x" * (LETTERS // 2)))
    assert len(list(mailbox.newest_first())) == 1


def test_a_repr_has_nothing_of_what_is_in_a_message():
    assert repr(HOSTILE).partition(", received")[0] == f"Message(kind='e-mail', service='Amazon {SCRIPT}'"


def test_what_is_said_at_the_start(dev):
    said = dev.output.getvalue()
    assert f"Mailbox: {dev.url}/_mailbox has the e-mails and SMS that the functions send\n" in said
    assert "Mailbox: it hides /_mailbox of the route GET /{proxy+}, which gets all other paths\n" in said
    assert dev.client.get("/_mailbox").headers["content-type"].startswith("text/html")
    assert dev.client.get("/elsewhere").text == "the application"
