"""The Python of the documentation: linted and formatted as the code, and run where a block has all that it uses."""

import os
import subprocess
import sys

import pytest
from tests.support.documented import PAGES, ROOT, blocks_of

from supertokens_lambda.testing import sessions

BLOCKS = {
    f"{page.relative_to(ROOT)}-{number}": block.text
    for page in PAGES
    for number, block in enumerate(block for block in blocks_of(page) if block.language == "python")
}
# A block may leave out what its reader has, like `app`, and may import what the table below it explains.
LEFT_OUT = {"F401", "F821"}
# As in tests: they have neither docstrings nor types, and pytest reads asserts.
OF_EXAMPLES = "ANN,ARG,D,I001,I002,INP,S101"
# What `supertokens-lambda dev` sets.
DEVELOPMENT = {
    "SUPERTOKENS_DEV_OIDC_CLIENT_ID": "client",
    "SUPERTOKENS_DEV_OIDC_CLIENT_SECRET": "secret",
    "SUPERTOKENS_DEV_OIDC_DISCOVERY_ENDPOINT": "http://127.0.0.1:9/.well-known/openid-configuration",
}


def ruff(*arguments, text):
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--stdin-filename", "documented.py", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=ROOT)


def is_whole(text):
    return not ruff("check", "--isolated", "--select", "F821", text=text).returncode


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_linted(name):
    ignored = ",".join([OF_EXAMPLES, *sorted(LEFT_OUT)])
    checked = ruff("check", "--extend-ignore", ignored, text=BLOCKS[name])
    assert not checked.returncode, checked.stdout
    assert not ruff("format", "--check", text=BLOCKS[name]).returncode


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_compiles_and_runs_if_it_has_all_it_uses(name, monkeypatch):
    code = compile(BLOCKS[name], name, "exec")
    if not is_whole(BLOCKS[name]):
        return
    for variable, value in DEVELOPMENT.items():
        monkeypatch.setenv(variable, value)
    with sessions():
        exec(code, {"__name__": "documented"})


def test_the_examples_of_testing_pass(tmp_path):
    texts = [block.text for block in blocks_of(ROOT / "docs/testing.md") if block.language == "python"]
    for text in texts:
        name = text.partition("\n")[0].removeprefix("# ")
        tmp_path.joinpath(name).write_text(text)
    path = os.pathsep.join(str(ROOT / part) for part in ("layers/session", "local"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", tmp_path]

    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert f"{''.join(texts).count('def test_')} passed" in done.stdout
