"""The builds that `sam build` runs at the same time, in a project that is not ours."""

import filecmp
import os
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import contents, copy_project, make_unusable

pytestmark = pytest.mark.xdist_group("sam")

BUILDS = {
    "SessionLayer": "layers/session",
    "SessionLayerX86": "layers/session",
    "ReportsFunction": "functions/reports",
    "AccountFunction": "functions/account",
}


class Project:
    """A copy of ours with a virtual environment, which is active, and a Makefile; neither is for our builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a project"
        self.made = folder / "made"
        self.scratch = folder / "scratch"
        for needed in (self.folder, self.made, self.scratch):
            needed.mkdir()
        copy_project(self.folder)
        (self.folder / "Makefile").write_text("$(error not for the build of a layer)\n")
        make_unusable(self.folder / ".venv/bin")

    def start(self, name: str) -> subprocess.Popen[str]:
        makefile = self.folder / BUILDS[name] / "Makefile"
        variables = {"VIRTUAL_ENV": str(self.folder / ".venv"), "TMPDIR": str(self.scratch)}
        return subprocess.Popen(
            ["make", "--makefile", makefile, f"build-{name}"],
            env=os.environ | variables | {"ARTIFACTS_DIR": str(self.made / name)},
            cwd=makefile.parent,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.fixture
def project(lambda_python: str, tmp_path: Path) -> Project:
    return Project(tmp_path)


def same(one: Path, other: Path) -> bool:
    compared = filecmp.dircmp(one, other, ignore=[])
    _, different, unreadable = filecmp.cmpfiles(one, other, compared.common_files, shallow=False)
    return not (compared.left_only or compared.right_only or different or unreadable) and all(
        same(one / name, other / name) for name in compared.common_dirs
    )


def test_all_at_once_make_the_same_byte_for_byte_and_touch_nothing_else(project: Project, built: Path):
    before = contents(project.folder)

    builds = {name: project.start(name) for name in BUILDS}
    said = {name: build.communicate()[0] for name, build in builds.items()}

    assert [build.returncode for build in builds.values()] == [0] * len(BUILDS), said
    assert contents(project.folder) == before
    assert list(project.scratch.iterdir()) == []
    for name in BUILDS:
        assert same(built / name, project.made / name), name
        inside = [path.stat() for path in (project.made / name).rglob("*") if path.is_file()]
        assert {file.st_mtime for file in inside} == {315532800.0}
        # A file with another link is in uv's cache too.
        assert {file.st_nlink for file in inside} == {1}


def test_one_that_is_stopped_leaves_nothing_behind(project: Project):
    build = project.start("ReportsFunction")
    while not list(project.scratch.iterdir()):
        assert build.poll() is None

    os.killpg(build.pid, signal.SIGTERM)
    said, _ = build.communicate()

    assert build.returncode != 0, said
    assert list(project.scratch.iterdir()) == []


def test_one_that_fails_leaves_nothing_behind(project: Project):
    requirements = project.folder / BUILDS["ReportsFunction"] / "requirements.txt"
    requirements.write_text(requirements.read_text().replace("sha256:", "sha256:0"))

    build = project.start("ReportsFunction")
    said, _ = build.communicate()

    assert build.returncode != 0, said
    assert list(project.scratch.iterdir()) == []
