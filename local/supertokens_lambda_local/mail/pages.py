"""The pages of the mailbox."""

from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from supertokens_lambda_local.loopback import NO_STORE, html_page
from supertokens_lambda_local.mail.mailbox import MESSAGES, Mailbox
from supertokens_lambda_local.mail.message import Message, urls_of

HOME: Final = "/_mailbox"
JSON: Final = "/_mailbox.json"

# Wherever the HTML of a message is opened, it is a document of another origin that runs nothing, sends no form and
# loads nothing. The pages that its links open are free of this.
_MESSAGE_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_MESSAGE_HEADERS: Final = {
    **NO_STORE,
    "content-security-policy": _MESSAGE_POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def list_page(mailbox: Mailbox) -> HTMLResponse:
    """Build the list of messages, newest first."""
    rows = "".join(
        f'<dt>{_time(message)} <span class="soft">{escape(message.kind)}, {escape(message.service)}</span></dt>'
        f'<dd><a href="{HOME}/{number}">{_subject(message)}</a><br>{_to(message)}</dd>\n'
        for number, message in mailbox.newest_first()
    )
    body = f"<dl>\n{rows}</dl>" if rows else "<p>Nothing has been sent yet.</p>"
    note = (
        f'<p class="soft">What functions send on this machine comes here. The newest {MESSAGES} messages are kept '
        f'until <code>dev</code> stops; tests read <a href="{JSON}">{JSON}</a>.</p>'
    )
    return html_page("Mailbox", body + note)


def message_page(number: int, message: Message) -> HTMLResponse:
    """Build the page of a message."""
    parts = [
        f"<dl>\n<dt>To</dt><dd>{_to(message)}</dd>",
        f"<dt>From</dt><dd>{escape(message.sender)}</dd>" if message.sender else "",
        f"<dt>Sent</dt><dd>{_time(message)}, {escape(message.kind)} by {escape(message.service)}</dd>\n</dl>",
        f"<p>{_text(message.text.strip())}</p>" if message.text else "",
        _html_part(number) if message.html else "",
        _links(message.links),
        f'<p><a href="{HOME}">All messages</a></p>',
    ]
    return html_page(message.subject or message.kind, "\n".join(filter(None, parts)), policy="frame-src 'self'")


def html_of(message: Message) -> HTMLResponse:
    """Build the document that is the HTML of a message, for a frame."""
    # A link would lead the frame away, and pages of an application are not shown in frames.
    return HTMLResponse(f'<!doctype html><base target="_blank">{message.html}', headers=_MESSAGE_HEADERS)


def no_message() -> HTMLResponse:
    """Build the page for a message that is not there."""
    body = f'<p>There is no such message, or newer ones took its place.</p><p><a href="{HOME}">All messages</a></p>'
    return html_page("Not found", body, status=404)


def _html_part(number: int) -> str:
    address = f"{HOME}/{number}/html"
    return (
        f'<iframe src="{address}" title="The message as HTML" width="100%" height="420" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>\n'
        f'<p><a href="{address}">The HTML by itself</a></p>'
    )


def _links(links: tuple[str, ...]) -> str:
    if not links:
        return ""
    return "<h2>Links</h2>\n<ul>" + "".join(f"<li>{_link(link)}</li>" for link in links) + "</ul>"


def _link(url: str) -> str:
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(url)}</a>'


def _text(text: str) -> str:
    parts, end = [], 0
    for start, url in urls_of(text):
        parts += [_plain(text[end:start]), _link(url)]
        end = start + len(url)
    return "".join((*parts, _plain(text[end:])))


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _subject(message: Message) -> str:
    return escape(message.subject or message.kind)


def _to(message: Message) -> str:
    return escape(", ".join(message.to))


def _time(message: Message) -> str:
    return f'<time datetime="{message.received.isoformat()}">{message.received:%H:%M:%S} UTC</time>'
