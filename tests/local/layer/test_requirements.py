"""The two files of a layer's folder, and what is said of those that cannot be used."""

import re

import pytest

from supertokens_lambda_local.errors import LayerError
from supertokens_lambda_local.layer import lock_file, requirements, toolkit
from supertokens_lambda_local.layer.build import build_layer

PINNED = "a2wsgi==1.10.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via -r requirements.in\n"


@pytest.fixture
def refused(folder, tmp_path):
    """Return what a build of the folder is refused with."""

    def build() -> str:
        with pytest.raises(LayerError) as refusal:
            build_layer(folder, tmp_path / "into", "arm64")
        assert not (tmp_path / "into").exists()
        return str(refusal.value)

    return build


def add(folder, text):
    file = folder / "requirements.txt"
    file.write_text(file.read_text() + text)


def test_the_toolkits_packages_have_hashes(folder):
    locked = requirements.locked(folder, layer=True)

    assert "supertokens-lambda" not in locked
    assert {"supertokens-python", "cryptography", "twilio"} <= locked.keys()
    assert all(package.has_hash for package in locked.values())


def test_packages_with_hashes_are_added_as_they_are_and_replace_the_toolkits(folder):
    add(folder, PINNED + PINNED.replace("a2wsgi", "Twilio"))

    locked = requirements.locked(folder, layer=True)

    assert locked["a2wsgi"].lines == ["a2wsgi==1.10.0 \\", "--hash=sha256:aa \\", "--hash=sha256:bb"]
    assert locked["twilio"].version == "1.10.0"
    assert "cryptography" in locked


def test_a_function_has_its_own_packages_alone(folder):
    add(folder, PINNED)

    assert requirements.locked(folder, layer=False).keys() == {"a2wsgi"}


def test_packages_without_hashes_want_a_lock_file(folder, refused):
    add(folder, "a2wsgi\n")

    assert "names packages without hashes; write requirements.lock with --lock" in refused()


def test_the_lock_file_is_the_one_of_these_requirements(folder, refused):
    add(folder, "a2wsgi\n")
    heading = requirements.heading(requirements.read(folder, layer=True))
    (folder / "requirements.lock").write_text(f"{heading}\n{PINNED}")
    assert requirements.locked(folder, layer=True).keys() == {"a2wsgi"}

    add(folder, "mangum\n")

    assert re.search(r"requirements\.lock was written for another requirements\.txt .*; write it anew", refused())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a2wsgi==1\n", r"does not name supertokens-lambda; add the line supertokens-lambda==\d"),
        ("supertokens_lambda==99\n", r"asks for supertokens-lambda 99, and this is \d.*; install the version"),
        ("--index-url https://example.com\n", r"requirements\.txt, line 1: expected a package;"),
        ("https://example.com/a.whl\n", r"requirements\.txt, line 1: expected a package;"),
        ("# only a comment\n-r other.txt\n", r"requirements\.txt, line 2: expected a package;"),
    ],
)
def test_requirements_that_cannot_be_used(text, message, folder, refused):
    (folder / "requirements.txt").write_text(text)

    assert re.search(message, refused())


def test_a_missing_file_is_named(folder, refused):
    (folder / "requirements.txt").unlink()
    assert re.match(r"could not read .*requirements\.txt", refused())

    (folder / "backend_config.py").unlink()
    assert re.match(r"could not find .*backend_config\.py; run this command in the folder of the layer", refused())


def test_a_module_that_is_not_python_is_named(folder, refused):
    (folder / "helpers").mkdir()
    (folder / "helpers/tenants.py").write_text("def:\n")

    assert re.match(r"could not read .*helpers/tenants\.py", refused())


def test_who_asks_for_a_package_is_read_in_every_style(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text(
        "a==1 --hash=sha256:a  # via b, -r c.in\n"
        "B.b==1 \\\n    --hash=sha256:b\n    # via\n    #   -c limits.txt\n    #   D_d (pyproject.toml)\n    #   e\n"
        "# a heading\nf==1\n"
    )

    packages = lock_file.read(file)

    assert {name: package.asked_for_by for name, package in packages.items()} == {
        "a": {"b", "-r c-in"},
        "b-b": {"d-d", "e"},
        "f": set(),
    }


def test_the_requirements_of_the_toolkit_are_those_of_its_package():
    assert any(requirement.startswith("supertokens-python>=") for requirement in toolkit.dependencies(()))
    assert not any(requirement.startswith("mangum") for requirement in toolkit.dependencies(()))
    assert any(requirement.startswith("mangum") for requirement in toolkit.dependencies(["asgi"]))
