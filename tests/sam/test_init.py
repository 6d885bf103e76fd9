"""What `supertokens-lambda init` makes, built by `sam build` and the installed command, and visited."""

import json
import os
import shutil
from pathlib import Path

import pytest
from tests.support.existing import copy_existing, guard_existing

from supertokens_lambda_local import cli

from .conftest import ARCHITECTURES

pytestmark = [
    pytest.mark.xdist_group("sam"),
    pytest.mark.skipif(os.uname().sysname != "Linux", reason="the layer's wheels are for Linux"),
]
# The machine that builds visits what it built.
PROCESSOR = ARCHITECTURES.get(os.uname().machine, "")


def new(folder: Path) -> str:
    """Make an application by FastAPI, and name its guarded function."""
    assert cli.main(["init", str(folder), "--framework", "fastapi", "--yes"]) == 0
    for name in ("template.yaml", "layers/session/Makefile"):
        file = folder / name
        file.write_text(file.read_text().replace("arm64", PROCESSOR))
    return "PagesFunction"


def existing(folder: Path) -> str:
    """Guard an application of three functions, and name the one by FastAPI."""
    copy_existing(folder)
    template = folder / "template.yaml"
    template.write_text(template.read_text().replace("    Timeout: 20\n", f"    Architectures: [{PROCESSOR}]\n"))
    guarded = ("--guard", "HomeFunction", "--guard", "ReportsFunction")
    assert cli.main(["init", str(folder), *guarded, "--yes"]) == 0
    guard_existing(folder)
    return "ReportsFunction"


@pytest.mark.parametrize(("make", "page"), [(new, "/"), (existing, "/reports/latest")])
def test_it_is_built_and_works(build, installed_command, alone, core, tmp_path, make, page):
    application = tmp_path / "application"
    function = make(application)

    made = build(application / "template.yaml", programs=installed_command.environment / "bin")

    # The functions that only import a handler are not built.
    functions = tmp_path / "functions"
    shutil.copytree(application / "functions", functions)
    functions.joinpath(function).symlink_to(made / function)
    settings = {
        "SUPERTOKENS_CONNECTION_URI": core.uri,
        "SUPERTOKENS_API_DOMAIN": "https://app.example.com",
        "SUPERTOKENS_WEBSITE_DOMAIN": "https://app.example.com",
    }
    person = [{"id": "email", "value": f"{function}@example.com"}, {"id": "password", "value": "correct horse 1"}]
    plan: list[tuple[str, str, str, object]] = [
        (function, "GET", page, None),
        ("sign_in", "GET", "/auth", None),
        ("auth", "POST", "/auth/signup", {"json": {"formFields": person}}),
        (function, "GET", page, None),
        ("refresh_session", "POST", "/auth/session/refresh", {"json": {}}),
    ]
    found = alone(
        "visits.py",
        functions,
        made / "SuperTokensLayer/python",
        given=json.dumps({"visits": plan, "cookies": {}}),
        environment=settings,
    )
    assert [(status, location) for status, location, _ in found["seen"]] == [
        (302, f"/refresh-session?redirectBack={page}"),
        (200, None),
        (200, None),
        (200, None),
        (200, None),
    ]
