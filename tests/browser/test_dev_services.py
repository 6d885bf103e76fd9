"""The mailbox and the provider of social sign-in of `supertokens-lambda dev`, as a browser shows them."""

from pathlib import Path

import httpx
import pytest

from supertokens_lambda_local.server import running

TEMPLATE = Path(__file__).parents[1] / "local" / "services_app" / "template.yaml"
HTML = """
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


@pytest.fixture
def page(context):
    return context.new_page()


def test_a_message_is_shown_and_its_link_opens_while_its_script_does_not_run(url, page):
    simple = {"Subject": {"Data": "Hello"}, "Body": {"Html": {"Data": HTML.format(url=url)}}}
    mail = {"FromEmailAddress": "a@example.com", "Destination": {"ToAddresses": ["b@example.com"]}}
    httpx.post(f"{url}/send/ses", json={**mail, "Content": {"Simple": simple}}, verify=False, timeout=60)
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
def test_the_provider_sends_the_browser_back(url, page, javascript, button, parameter):
    callback = f"{url}/from-the-provider"
    query = {"thirdPartyId": "dev", "redirectURIOnProviderDashboard": callback}
    asked = httpx.get(f"{url}/auth/authorisationurl", params=query, verify=False, timeout=60).json()
    page.goto(f"{asked['urlWithQueryParams']}&state=mine")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.title() == "Error: who signs in?"
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(f"{callback}?{parameter}=*&state=mine")
    assert page.inner_text("body") == "the application"
