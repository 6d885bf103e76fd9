"""The files of the layer, the functions and the tests."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from supertokens_lambda import __version__
from supertokens_lambda_local.init.choice import AUTH, FOLDERS, LAYER_FOLDER, REFRESH, SIGN_IN
from supertokens_lambda_local.init.recipes import backend_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_EJECTED = "supertokens_lambda.sign_in"
_CODE = {
    SIGN_IN: ("The sign-in pages.", "handler", _EJECTED, "prepare_sdk"),
    AUTH: ("SuperTokens' API.", "auth as handler", "supertokens_lambda.handlers", "prepare_sdk"),
    REFRESH: ("The refresh.", "refresh as handler", "supertokens_lambda.handlers", "prepare_refresh"),
}
_FUNCTION = '''"""{description}"""

{imports}

__all__ = ["handler"]

{prepare}()
'''
_MAKEFILE = """\
build-%:
\tsupertokens-lambda layer --into "$(ARTIFACTS_DIR)" --architecture {architecture}
"""


def layer_files(recipes: tuple[str, ...], architecture: str) -> Iterator[tuple[str, str]]:
    """Return the paths and texts of the layer's files."""
    yield f"{LAYER_FOLDER}/backend_config.py", backend_config(recipes)
    yield f"{LAYER_FOLDER}/requirements.txt", f"supertokens-lambda=={__version__}\n"
    yield f"{LAYER_FOLDER}/Makefile", _MAKEFILE.format(architecture=architecture)


def function_file(function: str) -> tuple[str, str]:
    """Return the path and the text of a function that imports a ready-made handler."""
    description, name, module, prepare = _CODE[function]
    imported = {("supertokens_lambda.handlers", prepare), (module, name)}
    imports = "\n".join(f"from {source} import {what}" for source, what in sorted(imported))
    text = _FUNCTION.format(description=description, imports=imports, prepare=prepare)
    return f"{FOLDERS[function]}/app.py", text


def ejected_files() -> Iterator[tuple[str, str]]:
    """Return the sign-in pages of the toolkit as a package of the application, and the function that runs it."""
    path, text = function_file(SIGN_IN)
    yield path, _sorted(text.replace(_EJECTED, "sign_in"))
    folder = FOLDERS[SIGN_IN]
    for name, content in _sources(files(_EJECTED), "sign_in"):
        yield f"{folder}/{name}", content.replace(_EJECTED, "sign_in")


def _sources(package: Traversable, name: str) -> Iterator[tuple[str, str]]:
    for each in sorted(package.iterdir(), key=lambda each: each.name):
        if each.is_dir() and each.name != "__pycache__":
            yield from _sources(each, f"{name}/{each.name}")
        elif each.is_file() and not each.name.endswith(".pyc"):
            yield f"{name}/{each.name}", each.read_text(encoding="utf-8")


def _sorted(text: str) -> str:
    """Return code with its imports in the order of linters: modules of the application come last."""
    return re.sub(r"(from sign_in import handler\n)(from .*\n)", r"\2\n\1", text)
