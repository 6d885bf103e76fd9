"""The wheel: its files, and its metadata, of which PyPI shows the README without what only the repository has."""

import re
from email import message_from_bytes
from zipfile import ZipFile

import pytest
from tests.support.wheel import ROOT, build_wheel

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return ZipFile(build_wheel(tmp_path_factory.mktemp("dist")))


@pytest.fixture
def metadata(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(wheel.read(name))


def test_the_wheel_has_the_toolkit_and_the_local_command_and_nothing_else(wheel):
    names = wheel.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {"supertokens_lambda", "supertokens_lambda_local"} == {top for top in tops if not top.endswith(".dist-info")}
    assert {"supertokens_lambda/py.typed", "supertokens_lambda_local/cli.py"} <= {*names}
    application = ROOT / "local/supertokens_lambda_local/init/application"
    files = {file.relative_to(ROOT / "local").as_posix() for file in application.rglob("*") if file.is_file()}
    assert {name for name in files if "__pycache__" not in name} <= {*names}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_description_has_absolute_links_and_no_diagram(metadata):
    description = metadata.get_payload()

    assert "## " in description
    assert "mermaid" not in description
    assert all(link.startswith(("https://", "http://localhost")) for link in re.findall(r"\]\(([^)]*)\)", description))
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_every_address_of_the_project_is_absolute(metadata):
    assert all("https://" in address for address in metadata.get_all("Project-URL"))
