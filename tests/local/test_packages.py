"""The packages of `local`: a lower one never imports a higher one."""

import ast

import pytest

import supertokens_lambda_local

from .gateway.conftest import LOCAL

PACKAGES = LOCAL / supertokens_lambda_local.__name__
MAY_IMPORT = {
    "core": set(),
    "template": {"errors"},
    "gateway": {"errors", "template"},
    "doctor": {"errors", "template", "gateway"},
}


def imported_by(package):
    for file in (PACKAGES / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module:
                own, _, rest = node.module.partition(".")
                if own == supertokens_lambda_local.__name__:
                    yield rest.partition(".")[0]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_no_higher_one(package):
    assert set(imported_by(package)) - {package} <= MAY_IMPORT[package]


def test_each_package_is_named_here():
    assert {file.parent.name for file in PACKAGES.glob("*/__init__.py")} == MAY_IMPORT.keys()
