"""The messages that an application on this machine has sent, read from its mailbox."""

import re
from typing import Any

import httpx


def messages(url: str, to: str) -> list[dict[str, Any]]:
    """Give the messages to somebody, newest first."""
    found = httpx.get(f"{url}/_mailbox.json", verify=False, trust_env=False).json()["messages"]
    return [message for message in found if message["to"] == [to]]


def links(url: str, to: str) -> list[str]:
    """Give the links to pages of the application, as paths."""
    return [link.removeprefix(url) for message in messages(url, to) for link in message["links"]]


def codes(url: str, to: str) -> list[str]:
    """Give the codes of passwordless sign-in."""
    found = (re.search(r"Code: (\d{6})", message["text"]) for message in messages(url, to))
    return [code[1] for code in found if code]
