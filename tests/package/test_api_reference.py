"""The API reference: each public name has a docstring with examples, which are linted, type-checked and run."""

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import supertokens_lambda
from supertokens_lambda.testing import sessions

ROOT = Path(__file__).parents[2]
# It names fixtures for pytest, and nothing to import.
NOT_DOCUMENTED = {"supertokens_lambda.testing.plugin"}
# What they start lasts as long as the process: a handler of the log, and the lifespan of an application.
NOT_RUN = ("supertokens_lambda.asgi.asgi_handler", "supertokens_lambda.metrics.count_sessions")


def public_modules():
    names = ["supertokens_lambda"]
    names += [f"supertokens_lambda.{module.name}" for module in pkgutil.iter_modules(supertokens_lambda.__path__)]
    return [name for name in names if "._" not in name]


def public_names():
    """Yield the path and the object of each public name that has a docstring of its class or function."""
    for module in public_modules():
        found = importlib.import_module(module)
        assert found.__all__ == sorted(found.__all__, key=lambda name: (not name.isupper(), name)), module
        for name in found.__all__:
            value = getattr(found, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                yield f"{module}.{name}", value


NAMES = dict(public_names())
EXAMPLES = {
    path: doctest.DocTestParser().get_examples(inspect.getdoc(value) or "", path) for path, value in NAMES.items()
}


def source(examples):
    return "".join(example.source for example in examples)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the examples of each name into a module of a package."""
    folder = tmp_path_factory.mktemp("examples") / "documented_examples"
    folder.mkdir()
    folder.joinpath("__init__.py").touch()
    for number, examples in enumerate(EXAMPLES.values()):
        folder.joinpath(f"example_{number}.py").write_text(source(examples))
    return folder


@pytest.mark.parametrize("path", NAMES)
def test_a_public_name_has_examples(path):
    docstring = inspect.getdoc(NAMES[path]) or ""

    assert re.search(r"^Examples\n-+\n(?:[^>]+\n\n)?>>> ", docstring, re.MULTILINE)
    assert path.rpartition(".")[2] in source(EXAMPLES[path])


@pytest.fixture(scope="module")
def settings():
    with sessions():
        yield


@pytest.mark.parametrize("path", [path for path in NAMES if EXAMPLES[path] and path not in NOT_RUN])
def test_the_examples_run(path, settings):
    test = doctest.DocTest(EXAMPLES[path], {"__name__": "documented"}, path, None, None, None)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)

    assert result.attempted
    assert not result.failed, "".join(report)


def test_the_examples_are_linted(written):
    # A docstring has no room for blank lines, and its last line shows a value.
    ignored = "ANN,ARG,B018,D,E302,E305,I,INP"
    config = ROOT / "pyproject.toml"
    command = ["ruff", "check", "--no-cache", "--config", config, "--extend-ignore", ignored, written]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.returncode == 0, done.stdout


def test_the_examples_are_type_checked(written):
    command = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", written]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.returncode == 0, done.stdout
    assert f"in {len(EXAMPLES) + 1} source files" in done.stdout


def test_a_wrong_example_is_found():
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, None)

    assert doctest.DocTestRunner(verbose=False).run(wrong, out=lambda _text: None).failed


@pytest.mark.parametrize("module", [module for module in public_modules() if module not in NOT_DOCUMENTED])
def test_a_public_module_is_in_the_reference(module):
    pages = "".join(page.read_text() for page in ROOT.glob("docs/api/*.md"))

    assert re.search(rf"^::: {re.escape(module)}$", pages, re.MULTILINE)
