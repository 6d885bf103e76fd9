"""The example of a page for administrators."""

import importlib.util
import time
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "examples/claims/functions/admin/app.py"


@pytest.fixture
def page(toolkit):
    spec = importlib.util.spec_from_file_location("example_of_claims", APP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handler


@pytest.mark.parametrize(
    ("roles", "verified", "ids"),
    [
        (["admin"], True, []),
        (["user"], True, ["st-role"]),
        ([], False, ["st-role", "st-ev"]),
    ],
)
def test_it_is_for_administrators_with_a_verified_address(browser, core, page, roles, verified, ids):
    now = int(time.time() * 1000)
    browser.holds(core.session(**{"st-role": {"v": roles, "t": now}, "st-ev": {"v": verified, "t": now}}))

    answer = browser.open(page, "/admin")

    assert answer.status == (403 if ids else 200)
    assert ("an administrator" in answer.body) == (not ids)
    if ids:
        errors = browser.call(page, "/admin").json()["claimValidationErrors"]
        assert [error["id"] for error in errors] == ids
