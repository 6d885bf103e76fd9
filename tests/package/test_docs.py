import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.documented import PAGES, ROOT

from supertokens_lambda._guard.loop import LoopReason
from supertokens_lambda._guard.loop_page import CAUSES
from supertokens_lambda._guard.sign_in import SignInReason
from supertokens_lambda._refresh.outcome import RefreshReason
from supertokens_lambda._verification.verdict import Reason

REASONS = [reason.value for kind in (Reason, LoopReason, RefreshReason, SignInReason) for reason in kind]
ROWS = re.findall(r"^\| `([a-z-]+)` \| (\S.*?) \| (.*?) ?\|$", (ROOT / "docs/reasons.md").read_text(), re.MULTILINE)


def test_reasons_are_names_in_kebab_case():
    assert len({*REASONS}) == len(REASONS)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", reason) for reason in REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_explained_once(reason):
    assert [name for name, _, _ in ROWS].count(reason) == 1


def test_nothing_else_is_explained():
    assert {name for name, _, _ in ROWS} == set(REASONS)


@pytest.mark.parametrize("reason", CAUSES)
def test_what_ends_a_loop_is_said_in_a_sentence_to_each(reason):
    for sentence in (CAUSES[reason].for_visitor, CAUSES[reason].for_owner):
        assert re.fullmatch(r"[A-Z].+[.?]", sentence)


def links_of(file):
    """Give the targets of a page's links, less those in code."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", file.read_text(), flags=re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", prose)


def anchor_of(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(file):
    for link in links_of(file):
        if "://" in link:
            # They are not fetched.
            assert re.fullmatch(r"https://[a-z0-9.-]+(/\S*)?", link) or link.startswith("http://localhost"), link
            continue
        path, _, anchor = link.partition("#")
        target = file.parent / path if path else file
        assert target.exists(), link
        if anchor:
            assert anchor in map(anchor_of, re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)), link


def test_the_site_is_built_with_every_page_and_every_link(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path]
    # What the theme says of its own future is no warning of this site's.
    built = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False
    )

    assert built.returncode == 0, built.stderr
    pages = {page.relative_to(tmp_path) for page in tmp_path.rglob("*.html")}
    assert {Path("index.html"), Path("deploy.html"), Path("examples/fastapi/index.html")} <= pages
    loaded = {
        found
        for page in pages
        for found in re.findall(
            r'<(?:script|link rel="stylesheet")[^>]*(?:src|href)="([^"]+)', (tmp_path / page).read_text()
        )
    }
    assert loaded
    assert not [address for address in loaded if "//" in address], "a page wants something of another site's"


def test_the_arithmetic_of_the_costs_is_right():
    spec = importlib.util.spec_from_file_location("cost", ROOT / "docs/cost.py")
    assert spec is not None
    assert spec.loader is not None
    cost = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(cost)

    assert cost.page() == cost.PAGE.read_text()
    # 300 million at one price, 1,000 million at the other, by hand.
    assert cost.tiered(1300e6, cost.HTTP_API) == pytest.approx(300 + 900)


def test_what_is_said_to_be_tested_is_tested():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs/security.md").read_text())

    assert len(named) > 20
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text() if test else (ROOT / file).exists(), (file, test)
