"""The whole dance: SuperTokens' SDK in a function, a browser of a few lines, the provider and the core in memory."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest


class Form(HTMLParser):
    """The form of a page."""

    def __init__(self, page):
        super().__init__()
        self.feed(page.text)
        self.address = urljoin(str(page.url), self.action)

    def handle_starttag(self, tag, attrs):
        if tag == "form":
            self.action = dict(attrs)["action"]


@pytest.fixture
def begin(dev):
    """Ask SuperTokens where to send the browser, and go there."""

    def begin(provider):
        callback = f"{dev.url}/auth/callback/{provider}"
        query = {"thirdPartyId": provider, "redirectURIOnProviderDashboard": callback}
        answer = dev.client.get("/auth/authorisationurl", params=query).json()
        assert answer["status"] == "OK"
        url = f"{answer['urlWithQueryParams']}&state=a+state"
        return callback, answer.get("pkceCodeVerifier"), httpx.get(url)

    return begin


def decide(page, decision, email="ada@example.com"):
    """Send the form, and give where it leads and with what."""
    answer = httpx.post(Form(page).address, data={"email": email, "decision": decision})
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    return f"{target.scheme}://{target.netloc}{target.path}", dict(parse_qsl(target.query))


def sign_in(dev, provider, callback, answered, verifier=None):
    info = {"redirectURIOnProviderDashboard": callback, "redirectURIQueryParams": answered}
    if verifier:
        info["pkceCodeVerifier"] = verifier
    return dev.client.post("/auth/signinup", json={"thirdPartyId": provider, "redirectURIInfo": info})


@pytest.mark.parametrize("decision", ["verified", "unverified"])
@pytest.mark.parametrize("provider", ["dev", "google", "public"])
def test_somebody_signs_in(dev, begin, provider, decision):
    callback, verifier, page = begin(provider)
    assert page.status_code == 200
    assert bool(verifier) == (provider == "public")
    email = f"{decision}.{provider}@example.com"
    target, answered = decide(page, decision, email)
    assert target == callback
    assert answered.keys() == {"code", "state"}
    assert answered["state"] == "a state"
    answer = sign_in(dev, provider, callback, answered, verifier).json()
    assert (answer["status"], answer["createdNewRecipeUser"]) == ("OK", True)
    [method] = answer["user"]["loginMethods"]
    assert (method["email"], method["verified"]) == (email, decision == "verified")
    assert method["thirdParty"]["id"] == provider
    assert sign_in(dev, provider, callback, answered, verifier).status_code != 200  # the code is spent


def test_the_same_address_is_the_same_user(dev, begin):
    users = []
    for email in ("twice@example.com", "TWICE@example.com"):
        callback, _, page = begin("dev")
        _, answered = decide(page, "verified", email)
        users.append(sign_in(dev, "dev", callback, answered).json()["user"]["id"])
    assert users[0] == users[1]


def test_a_wrong_verifier_signs_nobody_in(dev, begin):
    callback, verifier, page = begin("public")
    _, answered = decide(page, "verified")
    assert sign_in(dev, "public", callback, answered, verifier[::-1]).status_code != 200


def test_somebody_refuses(begin):
    callback, _, page = begin("dev")
    target, answered = decide(page, "refuse")
    assert target == callback
    assert (answered["error"], answered["state"]) == ("access_denied", "a state")
    assert "code" not in answered


def test_the_address_is_that_of_another_site_than_the_application(dev, begin):
    _, _, page = begin("dev")
    assert re.match(r"http://127\.0\.0\.1:\d+/provider/authorize\?", str(page.url))
    assert f"form-action 'self' {dev.url};" in page.headers["content-security-policy"]
