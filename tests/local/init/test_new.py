"""A new application: whatever is chosen, linters, the doctor and its own tests are content."""

import os
import subprocess
import sys
from itertools import product

import pytest
from cfnlint.api import ManualArgs, lint
from tests.support.constants import ROOT
from tests.support.core import Core

from supertokens_lambda_local import cli
from supertokens_lambda_local.doctor.deployment import from_template
from supertokens_lambda_local.doctor.examination import examine
from supertokens_lambda_local.init.application import FRAMEWORKS
from supertokens_lambda_local.init.recipes import RECIPES, validators

# One worker makes the applications.
pytestmark = pytest.mark.xdist_group("init")
PATHS = [str(ROOT / "layers/session"), str(ROOT / "local")]
COMBINATIONS = list(product(("http", "rest", "url"), FRAMEWORKS))


@pytest.fixture(scope="module")
def core():
    core = Core()
    core.start()
    yield core
    core.stop()


@pytest.fixture(scope="module")
def applications(tmp_path_factory):
    """An application of each kind, by the command."""
    root = tmp_path_factory.mktemp("applications")
    for api, framework in COMBINATIONS:
        folder = root / f"{api}-{framework}"
        assert cli.main(["init", str(folder), "--api", api, "--framework", framework, "--yes"]) == 0
    return root


@pytest.mark.parametrize(("api", "framework"), COMBINATIONS)
def test_its_template_passes_the_linter(applications, api, framework):
    text = (applications / f"{api}-{framework}" / "template.yaml").read_text()

    assert lint(text, config=ManualArgs(regions=["eu-west-1"])) == []


@pytest.mark.parametrize(("api", "framework"), COMBINATIONS)
def test_the_doctor_finds_nothing(applications, core, api, framework):
    given = {
        "SuperTokensConnectionUri": core.uri,
        "SuperTokensDomain": "https://example.com",
        "SuperTokensApiKeySecret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:core",
    }

    outcomes = examine(
        from_template(applications / f"{api}-{framework}" / "template.yaml", given), "the-key-of-the-core"
    )

    assert outcomes == ()


def test_its_code_is_as_linters_want_it(applications):
    rules = ["--isolated", "--line-length", "120"]

    check = [sys.executable, "-m", "ruff", "check", *rules, "--select", "B,E,F,I,UP,W", "--no-cache", "."]
    subprocess.run(check, cwd=applications, check=True)
    style = [sys.executable, "-m", "ruff", "format", *rules, "--check", "--no-cache", "."]
    subprocess.run(style, cwd=applications, check=True)


@pytest.mark.parametrize(("api", "framework"), COMBINATIONS)
def test_doing_it_again_changes_nothing(applications, capsys, api, framework):
    folder = applications / f"{api}-{framework}"
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    assert cli.main(["init", str(folder)]) == 0

    assert capsys.readouterr().out == "Nothing is missing, and nothing was changed\n"
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("name", ["rest-fastapi", "url-django"])
def test_its_own_tests_pass(applications, name):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"]

    environment = os.environ | {"PYTHONPATH": os.pathsep.join(PATHS)}

    done = subprocess.run(
        command, cwd=applications / name, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_all_recipes_start_together(tmp_path, core):
    folder = tmp_path / "new"
    assert cli.main(["init", str(folder), "--recipes", ",".join(RECIPES), "--yes"]) == 0
    settings = {
        "SUPERTOKENS_CONNECTION_URI": core.uri,
        "SUPERTOKENS_API_DOMAIN": "https://example.com",
        "SUPERTOKENS_WEBSITE_DOMAIN": "https://example.com",
        "SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS": validators(tuple(RECIPES)),
    }
    code = "from supertokens_lambda._runtime import current; current().sdk.start()"
    environment = os.environ | settings | {"PYTHONPATH": os.pathsep.join([str(folder / "layers/session"), *PATHS])}
    command = [sys.executable, "-c", code]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_folder_with_other_things_is_left_alone(tmp_path, capsys):
    (tmp_path / "main.py").write_text("")

    assert cli.main(["init", str(tmp_path), "--yes"]) == 1

    assert "has no template.yaml, and is not empty: it has main.py; run this where" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["main.py"]


def test_a_readme_and_a_repository_may_be_there(tmp_path):
    (tmp_path / "README.md").write_text("Mine")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("mine")

    assert cli.main(["init", str(tmp_path), "--yes"]) == 0

    assert (tmp_path / "README.md").read_text() == "Mine"
    assert (tmp_path / ".gitignore").read_text() == "mine"
    assert (tmp_path / "template.yaml").is_file()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--api", "graphql"], "a new application cannot be behind graphql; choose http, rest, url with --api"),
        (["--guard", "Page"], "has no template; leave out --guard for a new application"),
        (["--auth-path", "/auth/"], "--auth-path must be a path like /auth; give it without a slash at the end"),
        (["--api", "url", "--eject", "sign-in"], "leave out --eject"),
        (["--template", "other.yaml"], "other.yaml: cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path, capsys, arguments, problem):
    assert cli.main(["init", str(tmp_path), "--yes", *arguments]) == 1

    assert problem in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []
