"""A browser with no JavaScript: it keeps cookies, follows redirects, reads pages and submits their forms."""

import ssl
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpx

JsonObject = dict[str, Any]

_CHROME = {
    "accept-encoding": "gzip, deflate",
    "accept-language": "en-GB,en;q=0.9",
    "user-agent": (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
    ),
}
_NAVIGATION = {
    "accept": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.7"
    ),
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-user": "?1",
    "upgrade-insecure-requests": "1",
}
_FETCH = {"accept": "*/*", "sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin"}

# To load the certificates of the world takes longer than a test.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

_REDIRECTS = {301, 302, 303, 307, 308}
_PATIENCE = 10  # redirects; Chrome gives up after 20
_VOID = {"br", "hr", "img", "input", "link", "meta"}


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    descendants: "list[Element]" = field(default_factory=list)


class Document(HTMLParser):
    """A page as its HTML has it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(html)
        self.close()

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.root.descendants if element.tag == tag]

    def one(self, tag: str) -> Element:
        (element,) = self.all(tag)
        return element

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        for parent in self._open:
            parent.descendants.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for parent in self._open:
            parent.text += data


@dataclass(frozen=True)
class Hop:
    """A request of a navigation, and what was answered."""

    method: str
    target: str
    cookies: frozenset[str]
    response: httpx.Response = field(repr=False)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        return self.response.headers["location"]


@dataclass(frozen=True)
class Page:
    """Where a navigation ended, and the way there."""

    url: str
    hops: tuple[Hop, ...]

    @property
    def response(self) -> httpx.Response:
        return self.hops[-1].response

    @property
    def status(self) -> int:
        return self.hops[-1].status

    @property
    def target(self) -> str:
        return self.hops[-1].target

    @property
    def locations(self) -> list[str]:
        return [hop.location for hop in self.hops[:-1]]

    @cached_property
    def document(self) -> Document:
        assert self.response.headers["content-type"] == "text/html; charset=utf-8"
        return Document(self.response.text)

    @property
    def heading(self) -> str:
        return self.document.one("h1").text

    @property
    def text(self) -> str:
        return self.document.one("main").text

    @property
    def alerts(self) -> list[str]:
        return [
            element.text for element in self.document.all("p") if "error" in element.attributes.get("class", "").split()
        ]

    @property
    def fields(self) -> dict[str, str]:
        """What the form of the page holds."""
        return {
            element.attributes["name"]: element.attributes.get("value", "")
            for element in self.document.one("form").descendants
            if element.tag == "input" and "name" in element.attributes
        }


class Browser:
    """A browser with cookies of its own.

    Parameters
    ----------
    origin
        Of the application.
    fetch_metadata
        Whether it says what each request is for; Safari does from 16.4 on.
    pinned
        Cookies that it sends whatever the application does about them, as those of another domain are.
    deaf_to
        Cookies that it does not take.
    """

    def __init__(
        self,
        origin: str,
        *,
        fetch_metadata: bool = True,
        pinned: Mapping[str, str] | None = None,
        deaf_to: frozenset[str] = frozenset(),
    ) -> None:
        self.origin = origin
        self.pinned = dict(pinned or {})
        self.deaf_to = deaf_to
        self._fetch_metadata = fetch_metadata
        self._http = httpx.Client(base_url=origin, timeout=30, headers=_CHROME, verify=_NO_TLS, trust_env=False)

    def close(self) -> None:
        self._http.close()

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self._http.cookies.jar}

    def cookie(self, name: str) -> Cookie:
        (found,) = (cookie for cookie in self._http.cookies.jar if cookie.name == name)
        return found

    def set_cookie(self, name: str, value: str) -> None:
        """Change the value of a cookie, or have one more."""
        known = [copy(cookie) for cookie in self._http.cookies.jar if cookie.name == name]
        if known:
            known[0].value = value
            self._http.cookies.jar.set_cookie(known[0])
        else:
            self._http.cookies.set(name, value, domain="localhost.local", path="/")

    def forget(self, name: str) -> None:
        cookie = self.cookie(name)
        self._http.cookies.jar.clear(cookie.domain, cookie.path, name)

    def clear(self) -> None:
        self._http.cookies.clear()

    def take_cookies_of(self, other: "Browser") -> None:
        for cookie in other._http.cookies.jar:
            self._http.cookies.jar.set_cookie(copy(cookie))

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> httpx.Response:
        """Make one request with the cookies that belong to it, and keep those of the answer."""
        # The target goes out as it is: httpx would encode what a browser leaves alone.
        request = self._http.build_request(
            method, target, headers=headers, content=content or None, extensions={"target": target.encode()}
        )
        cookies = [request.headers.get("cookie"), *(f"{name}={value}" for name, value in self.pinned.items())]
        if any(cookies):
            request.headers["cookie"] = "; ".join(filter(None, cookies))
        response = self._http.send(request)
        for name in self.deaf_to & self.cookies.keys():
            self.forget(name)
        return response

    def open(self, target: str, *, headers: Mapping[str, str] | None = None) -> Page:
        """Go where the address bar says."""
        return self._navigate("GET", target, {"sec-fetch-site": "none", **(headers or {})})

    def hop(self, target: str, *, headers: Mapping[str, str] | None = None) -> Hop:
        """Make the first request of a navigation, and no other."""
        return self._hop("GET", target, {"sec-fetch-site": "none", **(headers or {})})

    def follow(self, page: Page, text: str) -> Page:
        """Follow the link with a text."""
        (link,) = (element for element in page.document.all("a") if element.text == text)
        return self._navigate("GET", self._target(page, link.attributes["href"]), self._from(page))

    def submit(self, page: Page, *, headers: Mapping[str, str] | None = None, **typed: str) -> Page:
        """Fill the form of a page, and submit it; the button with a name is pressed if that is among the fields."""
        return self._navigate(*self._filled(page, headers, typed))

    def submit_hop(
        self, page: Page, *, to: str | None = None, headers: Mapping[str, str] | None = None, **typed: str
    ) -> Hop:
        """Fill the form of a page, submit it where it says or elsewhere, and do not follow where that leads."""
        method, target, fields, content = self._filled(page, headers, typed)
        return self._hop(method, to or target, fields, content)

    def fetch(
        self, method: str, target: str, *, json: JsonObject | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Call from a script of this origin."""
        request = httpx.Request(method, self.origin, json=json, headers={**_FETCH, **(headers or {})})
        kept = {name: value for name, value in request.headers.items() if name not in {"host", "content-length"}}
        return self.send(method, target, headers=kept, content=request.content)

    def _filled(
        self, page: Page, headers: Mapping[str, str] | None, typed: Mapping[str, str]
    ) -> tuple[str, str, dict[str, str], bytes]:
        form = page.document.one("form")
        assert typed.keys() <= page.fields.keys() | {each.attributes.get("name") for each in form.descendants}
        assert form.attributes["method"] == "post"
        return (
            "POST",
            self._target(page, form.attributes.get("action", "")),
            {
                **self._from(page),
                "origin": self.origin,
                "content-type": "application/x-www-form-urlencoded",
                **(headers or {}),
            },
            urlencode({**page.fields, **typed}).encode(),
        )

    def _from(self, page: Page) -> dict[str, str]:
        return {"sec-fetch-site": "same-origin", "referer": page.url}

    def _target(self, page: Page, reference: str) -> str:
        url = urljoin(page.url, reference)
        assert url.startswith(f"{self.origin}/"), f"{reference} leads away"
        return url.removeprefix(self.origin).partition("#")[0]

    def _navigate(self, method: str, target: str, headers: Mapping[str, str], content: bytes = b"") -> Page:
        hops = [self._hop(method, target, headers, content)]
        while hops[-1].status in _REDIRECTS:
            assert len(hops) <= _PATIENCE, [hop.target for hop in hops]
            last = hops[-1]
            target = self._target(Page(self.origin + last.target, tuple(hops)), last.location)
            if last.status in {307, 308}:
                hops.append(self._hop(last.method, target, headers, content))
            else:
                kept = {name: value for name, value in headers.items() if name not in {"origin", "content-type"}}
                hops.append(self._hop("GET", target, kept))
        return Page(self.origin + hops[-1].target, tuple(hops))

    def _hop(self, method: str, target: str, headers: Mapping[str, str], content: bytes = b"") -> Hop:
        fields = {**_NAVIGATION, **headers}
        if not self._fetch_metadata:
            fields = {name: value for name, value in fields.items() if not name.startswith("sec-fetch-")}
        response = self.send(method, target, headers=fields, content=content)
        sent = response.request.headers.get("cookie", "")
        return Hop(method, target, frozenset(pair.partition("=")[0] for pair in sent.split("; ") if pair), response)


def redirect_back(page: str, target: str) -> str:
    """Put a target into the query of a page as the application does: encoded once, slashes left as they are."""
    return f"{page}?redirectBack={quote(target, safe='/')}"


def path_of(target: str) -> str:
    return urlsplit(target).path
