"""The packages of `local`: a lower one never imports a higher one."""

import ast

import pytest

import supertokens_lambda_local

from .gateway.conftest import LOCAL

PACKAGES = LOCAL / supertokens_lambda_local.__name__
MAY_IMPORT = {
    "core": set(),
    "layer": {"errors"},
    "template": {"errors"},
    "mail": {"loopback"},
    "provider": {"loopback"},
    "gateway": {"errors", "template", "mail"},
    "doctor": {"errors", "template", "gateway"},
    "init": {"errors", "template"},
    "cookiecutter": {"errors", "init"},
}


def modules_imported_by(package):
    for file in (PACKAGES / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
            elif isinstance(node, ast.Import):
                yield from (name.name for name in node.names)


def imported_by(package):
    for module in modules_imported_by(package):
        own, _, rest = module.partition(".")
        if own == supertokens_lambda_local.__name__:
            yield rest.partition(".")[0]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_no_higher_one(package):
    assert set(imported_by(package)) - {package} <= MAY_IMPORT[package]


def test_the_core_does_without_the_toolkit():
    assert "supertokens_lambda" not in {module.partition(".")[0] for module in modules_imported_by("core")}


def test_each_package_is_named_here():
    assert {file.parent.name for file in PACKAGES.glob("*/__init__.py")} == MAY_IMPORT.keys()
