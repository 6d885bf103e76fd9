"""A folder of a layer, and locks in the form that uv writes."""

from pathlib import Path

import pytest

from supertokens_lambda_local.layer import lock_file, toolkit
from supertokens_lambda_local.layer.code import Code, read_code
from supertokens_lambda_local.layer.lock_file import Packages

CONFIG = """
from supertokens_python.recipe import emailpassword, session


def recipe_list(settings):
    return [session.init(), emailpassword.init()]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make the folder of a layer that needs the toolkit alone."""
    folder = tmp_path / "layer"
    folder.mkdir()
    (folder / "backend_config.py").write_text(CONFIG)
    (folder / "requirements.txt").write_text(f"supertokens-lambda=={toolkit.version()}\n")
    return folder


@pytest.fixture
def code_of(tmp_path: Path):
    """Read what a module names."""

    def read(text: str) -> Code:
        file = tmp_path / "module.py"
        file.write_text(text)
        return read_code(iter([file]))

    return read


@pytest.fixture
def lock_of(tmp_path: Path):
    """Read the toolkit's lock together with further packages, each with who asks for it."""

    def read(**asked_for_by: str) -> Packages:
        file = tmp_path / "requirements.lock"
        pins = (f"{name}==1.0 \\\n    --hash=sha256:00\n    # via {asker}\n" for name, asker in asked_for_by.items())
        file.write_text("".join(pins))
        more = lock_file.read(file)
        packages = toolkit.packages()
        for name, package in more.items():
            package.asked_for_by |= packages[name].asked_for_by if name in packages else set()
        return packages | more

    return read
