import subprocess
import sys
import zipfile
from pathlib import Path

import supertokens_lambda

ROOT = Path(supertokens_lambda.__file__).parents[3]


def test_the_wheel_has_the_toolkit_and_the_local_command_and_nothing_else(tmp_path):
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)

    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {"supertokens_lambda", "supertokens_lambda_local"} == {top for top in tops if not top.endswith(".dist-info")}
    assert {"supertokens_lambda/py.typed", "supertokens_lambda_local/cli.py"} <= {*names}
    application = ROOT / "local/supertokens_lambda_local/init/application"
    files = {file.relative_to(ROOT / "local").as_posix() for file in application.rglob("*") if file.is_file()}
    assert {name for name in files if "__pycache__" not in name} <= {*names}
    assert any(name.endswith("licenses/LICENSE") for name in names)
