"""The peers on Node.js: installed and bundled, where Node.js is there."""

import shutil
import subprocess

from benchmarks.catalogue import HERE

_FOLDER = HERE / "node"


def prepare() -> str | None:
    """Install the packages of the lock file, and bundle.

    Returns
    -------
    str or None
        Why it is unavailable; None if it is available.
    """
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return "there is no Node.js on this machine"
    installed, lock = _FOLDER / "node_modules/.package-lock.json", _FOLDER / "package-lock.json"
    commands = [["run", "--silent", "build"]]
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        commands.insert(0, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    for command in commands:
        done = subprocess.run([npm, *command], cwd=_FOLDER, capture_output=True, check=False)  # noqa: S603 - our own
        if done.returncode:
            return f"npm {command[0]} failed"
    return None
