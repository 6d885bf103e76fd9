"""What PyPI shows: the README, without what only the repository has."""

import re
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def metadata(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    archive = ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(archive.read(name))


def test_the_description_has_absolute_links_and_no_diagram(metadata):
    description = metadata.get_payload()

    assert "## " in description
    assert "mermaid" not in description
    assert all(link.startswith(("https://", "http://localhost")) for link in re.findall(r"\]\(([^)]*)\)", description))
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_every_address_of_the_project_is_absolute(metadata):
    assert all("https://" in address for address in metadata.get_all("Project-URL"))
