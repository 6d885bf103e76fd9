"""The template for `sam init` makes what `supertokens-lambda init` makes, byte for byte."""

import json
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from supertokens_lambda_local import cli
from supertokens_lambda_local.cookiecutter.merge import merge
from supertokens_lambda_local.cookiecutter.template import TEMPLATES, questions_of

# One worker writes the template.
pytestmark = pytest.mark.xdist_group("cookiecutter")
COMBINATIONS = [
    (folder, dict(zip(questions, answers, strict=True)))
    for folder, (_, apis) in TEMPLATES.items()
    for questions in [questions_of(apis)]
    for answers in product(*questions.values())
]
NAMES = ["my-app", "3 & four", "Größe", "--", "a.b_c"]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sam-init")
    assert cli.main(["cookiecutter", "--into", str(folder)]) == 0
    return folder


@pytest.fixture
def by_cookiecutter(tmp_path):
    """Make an application of a template, and return its folder."""
    # Unless its settings name others, Cookiecutter keeps files in the home folder.
    settings = tmp_path / "cookiecutter.yaml"
    folders = {name: str(tmp_path / name) for name in ("replay_dir", "cookiecutters_dir")}
    settings.write_text(json.dumps(folders))

    def make(template, **answers):
        made = tmp_path / "made"
        return Path(
            cookiecutter(
                str(template), no_input=True, extra_context=answers, output_dir=str(made), config_file=str(settings)
            )
        )

    return make


def tree(folder):
    """Return the folders and files of a folder with what is in them, and who may execute them."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode) if path.is_file() else None
        for path in folder.rglob("*")
    }


def by_init(folder, answers):
    arguments = [part for name, value in answers.items() for part in (f"--{name}", value)]
    assert cli.main(["init", str(folder), "--yes", *arguments]) == 0
    return tree(folder)


@pytest.mark.parametrize(("folder", "answers"), COMBINATIONS, ids=str)
def test_each_combination_is_what_init_makes(template, by_cookiecutter, tmp_path, folder, answers):
    made = by_cookiecutter(template / folder, project_name="my-app", **answers)

    assert tree(made) == by_init(tmp_path / "expected/my-app", answers)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_what_init_makes_of_it(template, by_cookiecutter, tmp_path, name):
    made = by_cookiecutter(template / "api", project_name=name)

    assert tree(made) == by_init(tmp_path / "expected" / name, {"framework": "fastapi"})


@pytest.mark.parametrize("is_zipped", [False, True])
def test_sam_makes_it_without_anything_else_installed(template, tmp_path, is_zipped):
    home = tmp_path / "home"
    home.mkdir()
    location = str(template)
    if is_zipped:
        location = shutil.make_archive(str(tmp_path / "sam-init"), "zip", template.parent, template.name)
    command = [
        *(Path(sys.executable).parent / "sam", "init", "--location", location, "--output-dir", tmp_path / "made"),
        *("--no-input", "--name", "my-app", "--extra-context", '{"api": "rest", "framework": "flask"}'),
    ]
    environment = {"PATH": os.defpath, "HOME": str(home), "SAM_CLI_TELEMETRY": "0"}

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    expected = by_init(tmp_path / "expected/my-app", {"api": "rest", "framework": "flask"})
    assert tree(tmp_path / "made/my-app") == expected


def test_it_runs_no_code(template):
    # The installers of SAM CLI for Linux and macOS have no interpreter for hooks.
    assert not [path for path in template.rglob("*") if path.name == "hooks"]
    assert "_extensions" not in "".join(path.read_text() for path in template.rglob("cookiecutter.json"))


def test_a_folder_with_files_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine").write_text("")

    assert cli.main(["cookiecutter", "--into", str(tmp_path)]) == 1

    assert capsys.readouterr().err == (
        f"supertokens-lambda: {tmp_path} is not an empty folder; choose another with --into\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("text", ["{{ cookiecutter.x }}\n", "{% raw %}\n", "{# no comment #}\n", "{{{\n", "no end {"])
def test_text_that_looks_like_a_template_is_text(by_cookiecutter, tmp_path, text):
    texts = {"a": text, "b": f"more\n{text}", "c": ""}
    project = tmp_path / "template/{{cookiecutter.x}}"
    project.mkdir(parents=True)
    (project / "text").write_text(merge({(x,): each for x, each in texts.items()}, {"x": tuple(texts)}))
    (tmp_path / "template/cookiecutter.json").write_text(json.dumps({"x": [*texts]}))

    assert {x: (by_cookiecutter(tmp_path / "template", x=x) / "text").read_text() for x in texts} == texts
