"""`docs/reference.md` and `docs/how-it-works.md` against the code: settings, keywords, verdicts and cookies."""

import inspect
import re

import pytest
from tests.support.documented import ROOT

from supertokens_lambda._guard import frontend_cookies
from supertokens_lambda._guard.evidence import LIFETIME
from supertokens_lambda._guard.loop import Looping
from supertokens_lambda._settings import REQUIRED, Settings
from supertokens_lambda._settings.environment import _READERS, _variable
from supertokens_lambda._verification import session_tokens
from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda._verification.verdict import Verdict

# Settings whose default a sentence names, and no value.
IN_WORDS = {"cookie_domain", "cookie_same_site", "anti_csrf", "refresh_table"}


def rows_of(page, heading):
    """Read the cells of the table below a heading."""
    section = (ROOT / page).read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def written(default):
    """Return how the page writes a default."""
    if default in (None, "", ()):
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


SETTINGS = {row[0].strip("`"): row[1] for row in rows_of("docs/reference.md", "Settings")}
KEYWORDS = {row[0].strip("`"): row[1] for row in rows_of("docs/reference.md", "Keywords of `verify_session`")}


def test_each_setting_is_a_row_and_nothing_else_is():
    assert SETTINGS.keys() == {_variable(name) for name in _READERS}


@pytest.mark.parametrize("name", [name for name in _READERS if name not in REQUIRED | IN_WORDS])
def test_the_default_of_a_setting_is_right(name):
    # Without this setting, a sign-in leads to the home page.
    default = "/" if name == "signed_in_path" else getattr(Settings, name)

    assert SETTINGS[_variable(name)] == written(default)


def test_the_settings_that_are_required_are_so_named():
    assert {variable for variable, default in SETTINGS.items() if default == "required"} == {*map(_variable, REQUIRED)}


def test_each_keyword_is_a_row_with_its_default():
    parameters = inspect.signature(VerifyOptions).parameters.values()

    assert {parameter.name: f"`{parameter.default!r}`".replace("'", '"') for parameter in parameters} == KEYWORDS


def test_each_verdict_is_a_row_and_nothing_else_is():
    verdicts = {kind.name for kind in [*Verdict.__args__, Looping]}

    assert {re.split(r"[:\s]", row[0])[0] for row in rows_of("docs/reference.md", "Verdicts")} == verdicts


def test_the_cookies_are_those_of_the_code():
    names = {session_tokens.ACCESS_TOKEN, session_tokens.REFRESH_TOKEN, session_tokens.REFRESH_EVIDENCE}
    names |= {frontend_cookies.FRONT_TOKEN, frontend_cookies.ANTI_CSRF, "st-last-access-token-update"}
    rows = rows_of("docs/how-it-works.md", "Which cookie goes where")

    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row[0])} == names
    assert [row[2] for row in rows if session_tokens.REFRESH_EVIDENCE in row[0]] == [f"{LIFETIME} seconds"]


def test_the_terms_are_in_order():
    terms = [row[0].lower() for row in rows_of("docs/reference.md", "Glossary")]

    assert terms == sorted(terms)
