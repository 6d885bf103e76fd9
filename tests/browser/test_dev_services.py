"""The mailbox and the provider of social sign-in of `supertokens-lambda dev`, as a browser shows them."""

import os
from pathlib import Path

import httpx
import pytest

from supertokens_lambda_local.server import running

TEMPLATE = Path(__file__).parents[1] / "local" / "services_app" / "template.yaml"
FOLDER = os.environ.get("SCREENSHOTS")
HOSTILE = """
<p style="color: rgb(1, 2, 3)">Hello</p>
<script>document.title = parent.document.title = "broken out"</script>
<img src="x" onerror="parent.location = 'https://evil.invalid'">
<form action="/auth/signout" method="post"><button>Press</button></form>
<a href="{url}/from-the-mail">Confirm</a>
"""


@pytest.fixture(scope="module")
def url():
    with running(TEMPLATE, https=True) as url:
        yield url


@pytest.fixture(scope="module")
def client(url):
    with httpx.Client(base_url=url, verify=False, timeout=60) as client:
        yield client


@pytest.fixture
def send(client):
    def send(subject, html):
        simple = {"Subject": {"Data": subject}, "Body": {"Html": {"Data": html}}}
        mail = {"FromEmailAddress": "shop@example.com", "Destination": {"ToAddresses": ["ada@example.com"]}}
        assert client.post("/send/ses", json={**mail, "Content": {"Simple": simple}}).status_code == 200

    return send


@pytest.fixture
def authorization_url(url, client):
    query = {"thirdPartyId": "dev", "redirectURIOnProviderDashboard": f"{url}/from-the-provider"}
    asked = client.get("/auth/authorisationurl", params=query).json()
    return f"{asked['urlWithQueryParams']}&state=mine"


@pytest.fixture
def page(context):
    return context.new_page()


def test_a_message_is_shown_and_its_link_opens_while_its_script_does_not_run(url, page, send):
    send("Hello", HOSTILE.format(url=url))
    page.goto(f"{url}/_mailbox")
    page.get_by_role("link", name="Hello").click()
    frame = page.frame_locator("iframe")
    assert frame.get_by_text("Hello").evaluate("element => getComputedStyle(element).color") == "rgb(1, 2, 3)"
    frame.get_by_role("button", name="Press").click()
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Confirm").click()
    opened.value.wait_for_url(f"{url}/from-the-mail")
    assert opened.value.inner_text("body") == "the application"
    assert page.title() == "Hello"
    assert page.url.endswith("/_mailbox/1")


@pytest.mark.parametrize(("button", "parameter"), [("Sign in", "code"), ("Refuse", "error")])
def test_the_provider_sends_the_browser_back(url, page, javascript, authorization_url, button, parameter):
    page.goto(authorization_url)
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.title() == "Error: who signs in?"
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(f"{url}/from-the-provider?{parameter}=*&state=mine")
    assert page.inner_text("body") == "the application"


def test_the_pages_as_one_sees_them(url, page, client, send, authorization_url, tmp_path):
    def take(name, address):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.locator("main").screenshot(path=Path(FOLDER or tmp_path) / f"{name}.png")

    page.set_viewport_size({"width": 480, "height": 1000})
    client.post("/auth/signinup/code", json={"phoneNumber": "+14155550123"})
    send("Verify your e-mail address", f'<p>Hello Ada,</p><p><a href="{url}/x">verify this address</a>.</p>')
    take("mailbox", f"{url}/_mailbox")
    newest = page.get_by_role("link").first.get_attribute("href")
    take("mailbox-message", f"{url}{newest}")
    take("social-sign-in", authorization_url)
