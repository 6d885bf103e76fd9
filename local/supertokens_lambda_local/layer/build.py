"""Packages for Lambda: wheels of its platform, code, the bytecode of both, and the same bytes each time."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from supertokens_lambda_local.errors import LayerError
from supertokens_lambda_local.layer import requirements, toolkit
from supertokens_lambda_local.layer.code import Code, read_code
from supertokens_lambda_local.layer.contents import RUNTIME, choose, left_out
from supertokens_lambda_local.layer.lock_file import Package
from supertokens_lambda_local.layer.tools import PYTHON, Tools, tools

ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}
#: The processor of functions whose packages do without compiled modules.
ANY = "any"

_CONFIG = "backend_config.py"
# Scripts name the Python of this machine, and RECORD has their hashes.
_UNUSED = (".lock", "bin", "tests", "**/*.pyi", "**/__pycache__")
_UNUSED_METADATA = tuple(f"*.dist-info/{name}" for name in ("INSTALLER", "RECORD", "REQUESTED", "sboms"))
# What a folder has for its build, and the toolkit, which comes from where this command runs.
_NOT_CODE = shutil.ignore_patterns(".*", "Makefile", "__pycache__", "requirements.*", "supertokens_lambda")
_NOT_DEPLOYED = shutil.ignore_patterns("__pycache__", "testing")
_TIME = 315532800  # 1980, the first year that a zip file can hold


def build_layer(folder: Path, into: Path, architecture: str) -> None:
    """Build the layer of an application.

    Parameters
    ----------
    folder : Path
        Where ``backend_config.py`` and ``requirements.txt`` are.
    into : Path
        Where the layer's ``python`` folder is made.
    architecture : str
        One of `ARCHITECTURES`.

    Raises
    ------
    LayerError
        It cannot be built.
    """
    if not (folder / _CONFIG).is_file():
        raise LayerError(f"could not find {folder / _CONFIG}; run this command in the folder of the layer, or name it")
    lock = requirements.locked(folder, layer=True)
    code = read_code(_modules(folder))
    with tools() as made:
        package = made.scratch / "package"
        _install(made, choose(lock, code).values(), architecture, package)
        _remove(package, left_out(lock, toolkit.packages(), code))
        shutil.copytree(toolkit.folder(), package / "supertokens_lambda", ignore=_NOT_DEPLOYED)
        _copy_code(folder, package)
        _check_imports(code, package)
        _finish(made, package, "/opt/python", into / "python")


def build_function(folder: Path, into: Path, architecture: str) -> None:
    """Build a function that has packages besides the layer.

    Parameters
    ----------
    folder : Path
        Where its code and ``requirements.txt`` are.
    into : Path
        The folder to make it in.
    architecture : str
        One of `ARCHITECTURES`, or `ANY`.

    Raises
    ------
    LayerError
        It cannot be built.
    """
    lock = requirements.locked(folder, layer=False)
    with tools() as made:
        package = made.scratch / "package"
        _install(made, lock.values(), "x86_64" if architecture == ANY else architecture, package)
        _remove(package, ["**/*.so"] if architecture == ANY else [])
        _copy_code(folder, package)
        _finish(made, package, "/var/task", into)


def _modules(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        ignored = _NOT_CODE(parent, [*folders, *files])
        folders[:] = [name for name in folders if name not in ignored]
        yield from (Path(parent, name) for name in files if name not in ignored and name.endswith(".py"))


def _install(made: Tools, packages: Iterable[Package], architecture: str, into: Path) -> None:
    made.write("chosen.txt", "\n".join(line for package in packages for line in package.lines))
    platform = ("--python-platform", f"{ARCHITECTURES[architecture]}-manylinux_2_28", "--python-version", PYTHON)
    exact = ("--only-binary", ":all:", "--no-deps", "--require-hashes", "--no-compile")
    # Links into uv's cache would let a change of the package's files change the cache.
    place = ("--link-mode", "copy", "--target", into)
    made.uv(
        "pip", "install", "--quiet", "--python", made.python, *platform, *exact, *place, "--requirement", "chosen.txt"
    )
    _remove(into, (*_UNUSED, *_UNUSED_METADATA))


def _remove(package: Path, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for path in list(package.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _copy_code(folder: Path, package: Path) -> None:
    shutil.copytree(folder, package, ignore=_NOT_CODE, dirs_exist_ok=True)


def _check_imports(code: Code, package: Path) -> None:
    present = {path.name.partition(".")[0] for path in package.iterdir()}
    for name, file in code.imports.items():
        if name not in present | RUNTIME | sys.stdlib_module_names:
            raise LayerError(
                f"{file} imports {name}, which the layer does not have; add its package to requirements.txt"
            )


def _finish(made: Tools, package: Path, place: str, into: Path) -> None:
    """Compile a package for the place where Lambda has it, and move it to where it is wanted."""
    # Bytecode of the kind that names no time: the time of a file is no reason to compile it anew.
    compiled = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", package, "-p", place, package)
    made.run(made.python, "-I", *compiled)
    into.mkdir(parents=True, exist_ok=True)
    _empty(into)
    for path in package.iterdir():
        shutil.move(path, into)
    for path in (into, *into.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (_TIME, _TIME))


def _empty(into: Path) -> None:
    """Remove an earlier build, and nothing else."""
    if any(path.stat().st_mtime != _TIME for path in into.rglob("*") if path.is_file()):
        raise LayerError(f"{into} has files that this command did not write; name an empty folder")
    for path in into.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
