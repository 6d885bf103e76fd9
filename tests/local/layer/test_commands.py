"""The commands by the standard library alone, and what they take from the project around them."""

import os
import subprocess
import sys

import pytest

from supertokens_lambda_local.layer.tools import index_of_pip, sources

from ..gateway.conftest import LOCAL


def python(code, *options):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(LOCAL)}
    return subprocess.run(
        [sys.executable, *options, "-c", code], env=environment, text=True, capture_output=True, check=False
    )


def command(*arguments):
    # Without site, there is nothing but the standard library and the checkout.
    return python(f"from supertokens_lambda_local.cli import main; main({list(arguments)})", "-S")


@pytest.mark.parametrize("name", ["layer", "function"])
def test_a_build_starts_by_the_standard_library_alone(name):
    done = command(name, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert "--architecture {arm64,x86_64" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [[], ["--into", "x"], ["--architecture", "arm64"], ["--lock", "--into", "x", "--architecture", "arm64"]],
)
def test_it_says_what_it_takes(arguments):
    done = command("layer", *arguments)

    assert done.returncode == 2
    assert "expected --into and --architecture, or --lock" in done.stderr


def test_a_python_that_is_too_old_is_told():
    run = "runpy.run_module('supertokens_lambda_local', run_name='__main__')"

    done = python(f"import runpy, sys; sys.version_info = (3, 10); {run}")

    assert done.returncode == 1
    assert done.stderr == "supertokens-lambda: this Python is too old; set PYTHON to 3.11 or newer\n"


def test_where_packages_come_from_is_kept_and_all_else_of_the_project_is_not():
    kept = {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy",
        "SSL_CERT_FILE": "/certificates",
        "PIP_INDEX_URL": "https://index",
        "PIP_EXTRA_INDEX_URL": "https://more",
        "PIP_CERT": "/certificates",
        "PIP_FIND_LINKS": "/wheels",
        "PIP_CONFIG_FILE": "/pip.conf",
        "UV_DEFAULT_INDEX": "https://index",
        "UV_INDEX_OURS_PASSWORD": "secret",
        "UV_CACHE_DIR": "/cache",
        "UV_PYTHON_INSTALL_MIRROR": "https://mirror",
    }
    dropped = (
        *("CONDA_PREFIX", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PIP_TARGET", "PIP_USER"),
        *("PIP_CONSTRAINT", "PIP_REQUIRE_VIRTUALENV", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_PYTHON", "UV_NO_BINARY"),
        *("UV_PROJECT_ENVIRONMENT", "UV_COMPILE_BYTECODE", "UV_EXCLUDE_NEWER", "PYTHON"),
    )

    assert sources(kept | dict.fromkeys(dropped, "x")) == kept


@pytest.mark.parametrize(
    ("listed", "index"),
    [
        ("global.index-url='https://one'\n:env:.index-url='https://two'\n", "https://two"),
        ("install.index-url='https://one'\nglobal.cert='/c'\n", "https://one"),
        ("global.extra-index-url='https://one'\n", None),
        ("", None),
    ],
)
def test_uv_takes_the_index_of_pip(listed, index):
    assert index_of_pip(listed).get("UV_DEFAULT_INDEX") == index
