"""Lock files for folders with packages of their own."""

from pathlib import Path

from supertokens_lambda_local.errors import LayerError
from supertokens_lambda_local.layer import lock_file, requirements, toolkit
from supertokens_lambda_local.layer.code import Code
from supertokens_lambda_local.layer.contents import choose
from supertokens_lambda_local.layer.lock_file import Packages
from supertokens_lambda_local.layer.tools import PYTHON, tools


def write_lock(folder: Path, *, layer: bool) -> Path:
    """Write the versions and hashes of all that a folder needs.

    Packages keep the versions that the toolkit was tested with, unless the requirements forbid it.

    Parameters
    ----------
    folder : Path
        Where ``requirements.txt`` is.
    layer : bool
        Whether it is a layer, whose lock file has the packages of the toolkit too.

    Returns
    -------
    Path
        The lock file.

    Raises
    ------
    LayerError
        The requirements need no lock file, or cannot be met.
    """
    wanted = requirements.read(folder, layer=layer)
    if requirements.is_complete(wanted):
        raise LayerError(f"{folder / requirements.FILE} needs no lock file; build without --lock")
    file, tested = folder / requirements.LOCK, toolkit.packages()
    first = requirements.heading(wanted)
    named = wanted.pop(toolkit.NAME, None)
    own = list(toolkit.dependencies(named.extras if named else ()) if layer or named else ())
    present = () if layer else choose(tested, Code())
    known = (lock_file.read(file) if file.is_file() else {}) | tested
    with tools() as made:
        # The names of these two are how the lock file says who asks for a package.
        made.write(f"{toolkit.NAME}.in", "\n".join(own))
        made.write(requirements.FILE, _text(wanted))
        # uv keeps the versions that it finds in the file that it is about to write.
        made.write(requirements.LOCK, _text(known))
        made.uv(
            *("pip", "compile", "--quiet", "--python", made.scratch / "uv/bin/python", "--python-version", PYTHON),
            *("--python-platform", "linux", "--only-binary", ":all:", "--generate-hashes", "--no-header"),
            *(option for name in present for option in ("--no-emit-package", name)),
            *(f"{toolkit.NAME}.in", requirements.FILE, "--output-file", requirements.LOCK),
        )
        found = (made.scratch / requirements.LOCK).read_text(encoding="utf-8")
    file.write_text(f"{first}\n{found}", encoding="utf-8")
    return file


def _text(packages: Packages) -> str:
    return "\n".join(line for package in packages.values() for line in package.lines)
