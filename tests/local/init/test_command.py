"""The command: what it shows, what it asks, and that it writes everything or nothing."""

import io
from pathlib import Path

import pytest
from tests.local.init.conftest import HEAD, function

from supertokens_lambda_local import cli
from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.init.writing import write_all

TEMPLATE = HEAD + function("Home", "      Events: {Page: {Type: HttpApi, Properties: {Path: /, Method: GET}}}\n")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text("def handler(event, context):\n    return ''\n")
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_dry_run_shows_the_change_and_writes_nothing(folder, capsys):
    before = files(folder)

    assert cli.main(["init", "--guard", "Home", "--dry-run"]) == 0

    output = capsys.readouterr().out
    assert "--- template.yaml\n+++ template.yaml (new)\n" in output
    assert "+      Layers: [!Ref SuperTokensLayer]\n" in output
    assert "new  layers/session/backend_config.py" in output
    assert not [line for line in output.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert files(folder) == before


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_written(folder, capsys, monkeypatch, answer):
    before = files(folder)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))

    assert cli.main(["init"]) == 1

    assert capsys.readouterr().err == "supertokens-lambda: nothing was written; agree, or give --yes\n"
    assert files(folder) == before


def test_after_a_yes_the_next_steps_are_said(folder, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert cli.main(["init", "--guard", "Home"]) == 0

    output = capsys.readouterr().out
    assert "1. Guard the pages of Home:\n\n  from supertokens_lambda import verify_session\n" in output
    assert output.endswith("4. Deploy it: sam build && sam deploy --guided\n")
    assert "tests/test_home_is_guarded.py" in files(folder)


def test_a_page_after_the_sign_in_that_no_route_names_is_asked_for(folder, capsys):
    (folder / "template.yaml").write_text(TEMPLATE.replace("Path: /,", "Path: '/{proxy+}',"))

    assert cli.main(["init", "--guard", "Home", "--yes"]) == 0

    assert "Set SUPERTOKENS_SIGNED_IN_PATH to the page after a sign-in" in capsys.readouterr().out


def test_functions_are_guarded_one_after_the_other(folder, capsys):
    assert cli.main(["init", "--yes"]) == 0
    assert "Choose the functions with pages, of Home: supertokens-lambda init --guard NAME" in capsys.readouterr().out

    assert cli.main(["init", "--guard", "Home", "--yes"]) == 0

    together = files(folder)
    for file in [*together]:
        if file != "src/app.py":
            (folder / file).unlink()
    (folder / "template.yaml").write_text(TEMPLATE)
    assert cli.main(["init", "--guard", "Home", "--yes"]) == 0
    assert files(folder) == together


def test_what_is_missing_is_completed(folder):
    assert cli.main(["init", "--guard", "Home", "--yes"]) == 0
    whole = files(folder)
    text = (folder / "template.yaml").read_text()
    start = text.index("  SuperTokensRefreshTable:")
    (folder / "template.yaml").write_text(text[:start].rstrip() + "\n")
    (folder / "functions/auth/app.py").unlink()

    assert cli.main(["init", "--yes"]) == 0

    assert files(folder) == whole


def test_code_that_was_edited_is_kept(folder):
    assert cli.main(["init", "--yes"]) == 0
    (folder / "layers/session/backend_config.py").write_text("# mine\n")
    (folder / "functions/auth/app.py").write_text("# mine\n")

    assert cli.main(["init", "--guard", "Home", "--yes"]) == 0

    assert (folder / "layers/session/backend_config.py").read_text() == "# mine\n"
    assert (folder / "functions/auth/app.py").read_text() == "# mine\n"


def test_a_file_of_the_applications_own_is_never_overwritten(folder, capsys):
    (folder / "functions/auth").mkdir(parents=True)
    (folder / "functions/auth/app.py").write_text("# mine\n")
    before = files(folder)

    assert cli.main(["init", "--yes"]) == 1
    expected = (
        "supertokens-lambda: functions/auth/app.py exists already; move it, or choose another folder with --folder\n"
    )
    assert capsys.readouterr().err == expected
    assert files(folder) == before

    assert cli.main(["init", "--yes", "--folder", "session"]) == 0
    assert "session/functions/auth/app.py" in files(folder)
    assert "CodeUri: session/functions/auth/" in (folder / "template.yaml").read_text()


def test_the_sign_in_pages_are_copied_once(folder, capsys):
    assert cli.main(["init", "--eject", "sign-in", "--yes"]) == 0

    made = files(folder)
    code = b"".join(text for name, text in made.items() if name.startswith("functions/sign_in/"))
    assert "functions/sign_in/sign_in/pages.py" in made
    assert b"supertokens_lambda.sign_in" not in code
    (folder / "functions/sign_in/sign_in/form.py").write_text("# mine\n")
    assert cli.main(["init", "--eject", "sign-in", "--yes"]) == 0
    assert (folder / "functions/sign_in/sign_in/form.py").read_text() == "# mine\n"

    (folder / "functions/sign_in/app.py").write_text("# mine\n")
    assert cli.main(["init", "--eject", "sign-in", "--yes"]) == 1
    assert "functions/sign_in/app.py was changed; import the handler from sign_in" in capsys.readouterr().err


def test_pages_are_copied_later_too(folder):
    assert cli.main(["init", "--yes"]) == 0
    assert cli.main(["init", "--eject", "sign-in", "--yes"]) == 0

    assert "from sign_in import handler" in (folder / "functions/sign_in/app.py").read_text()


@pytest.mark.parametrize("name", ["template.yml", "template.json", "sam.yaml"])
def test_the_template_may_have_another_name(folder, name):
    (folder / "template.yaml").rename(folder / name)
    (folder / "samconfig.toml").write_text('[default.build.parameters]\ntemplate_file = "sam.yaml"\n')

    assert cli.main(["init", "--yes"]) == 0

    assert "SuperTokensLayer" in (folder / name).read_text()


def test_a_template_that_cannot_be_read_is_left_alone(folder, capsys):
    (folder / "template.yaml").write_text(TEMPLATE + "\tbroken: [\n")
    before = files(folder)

    assert cli.main(["init", "--yes"]) == 1

    assert "template.yaml: cannot be read: " in capsys.readouterr().err
    assert files(folder) == before


def test_unknown_recipes_are_named(capsys):
    with pytest.raises(SystemExit):
        cli.main(["init", "--recipes", "emailpassword,smoke"])

    assert "expected recipes out of emailpassword, thirdparty" in capsys.readouterr().err


def test_all_files_are_written_or_none(tmp_path):
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "changed").write_bytes(b"by another")
    changes = {
        tmp_path / "old": (b"old", b"new"),
        tmp_path / "a/b/c": (None, b"new"),
        tmp_path / "changed": (b"as it was", b"new"),
    }

    with pytest.raises(InitError, match="changed: was changed meanwhile; run the command again"):
        write_all(changes)
    assert files(tmp_path) == {"old": b"old", "changed": b"by another"}
    assert not (tmp_path / "a").exists()

    changes[tmp_path / "changed"] = (b"by another", b"new")
    changes[tmp_path / "old/below"] = (None, b"new")
    with pytest.raises(InitError, match=r"cannot be written: .*; nothing was changed"):
        write_all(changes)
    assert files(tmp_path) == {"old": b"old", "changed": b"by another"}


def test_links_and_permissions_stay(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)

    write_all({link: (b"old", b"new")})

    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert [*Path(tmp_path).glob(".*")] == []


def test_a_later_run_leaves_the_recipes_as_they_were_chosen(folder, capsys):
    assert cli.main(["init", "--recipes", "thirdparty", "--yes"]) == 0
    before = files(folder)
    assert "SuperTokensEmailSender" not in (folder / "template.yaml").read_text()

    assert cli.main(["init", "--yes"]) == 0

    assert capsys.readouterr().out.endswith("Nothing is missing, and nothing was changed\n")
    assert files(folder) == before
    assert cli.main(["init", "--recipes", "passwordless", "--yes"]) == 0
    assert 'Path: "/auth/code"' in (folder / "template.yaml").read_text()
