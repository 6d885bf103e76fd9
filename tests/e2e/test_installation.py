"""What `make run` installs first, by one small package."""

import os
import re
import shutil
import subprocess
import sys

from .conftest import ROOT

UV_LOCK = "local/supertokens_lambda_local/layer/uv.txt"


def test_packages_are_compiled_and_announced(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / UV_LOCK).parent.mkdir(parents=True)
    shutil.copy(ROOT / UV_LOCK, tmp_path / UV_LOCK)
    (tmp_path / "requirements").mkdir()
    [six] = re.findall(r"^six==.*(?:\n    --hash.*)+", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    (tmp_path / "requirements/run.txt").write_text(f"{six}\n")
    # A make that runs these tests hands its own options on.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

    def install() -> subprocess.CompletedProcess[str]:
        command = ["make", ".venv/run", f"PYTHON={sys.executable}"]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    first, again = install(), install()

    assert first.stdout == ""
    assert "Installing the 1 packages of requirements/run.txt into .venv; " in first.stderr
    assert list(tmp_path.glob(".venv/lib/python*/site-packages/__pycache__/six.*.pyc"))
    assert again.stderr == ""
