"""The packages of a folder: those of its requirements file, and the toolkit's."""

from hashlib import sha256
from pathlib import Path

from supertokens_lambda_local.errors import LayerError
from supertokens_lambda_local.layer import lock_file, toolkit
from supertokens_lambda_local.layer.lock_file import Package, Packages

FILE = "requirements.txt"
LOCK = "requirements.lock"


def read(folder: Path, *, layer: bool) -> Packages:
    """Read the requirements of a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    layer : bool
        Whether it is a layer, which names the toolkit.

    Returns
    -------
    dict of str to Package
        The packages by name.

    Raises
    ------
    LayerError
        The file cannot be read, or asks for another version of the toolkit.
    """
    file = folder / FILE
    packages = lock_file.read(file)
    named = packages.get(toolkit.NAME)
    if layer and named is None:
        raise LayerError(f"{file} does not name {toolkit.NAME}; add the line {toolkit.NAME}=={toolkit.version()}")
    if named and named.version and named.version != toolkit.version():
        raise LayerError(
            f"{file} asks for {toolkit.NAME} {named.version}, and this is {toolkit.version()}; "
            f"install the version of the file, or write {toolkit.NAME}=={toolkit.version()}"
        )
    return packages


def locked(folder: Path, *, layer: bool) -> Packages:
    """Return the packages of a folder, each with its version and hashes.

    Parameters
    ----------
    folder : Path
        The folder.
    layer : bool
        Whether it is a layer, which has the packages of the toolkit too.

    Returns
    -------
    dict of str to Package
        The packages by name, without the toolkit itself.

    Raises
    ------
    LayerError
        Packages have no hashes, or the lock file is of other requirements.
    """
    wanted = read(folder, layer=layer)
    if not is_complete(wanted):
        return _of_lock(folder, wanted)
    wanted.pop(toolkit.NAME, None)
    return (toolkit.packages() if layer else {}) | wanted


def is_complete(wanted: Packages) -> bool:
    """Return whether requirements need no lock file: the toolkit has one, and all others have hashes.

    Parameters
    ----------
    wanted : dict of str to Package
        The requirements.

    Returns
    -------
    bool
        Whether all that is installed has a hash.
    """

    def is_locked(package: Package) -> bool:
        return not package.extras if package.name == toolkit.NAME else package.has_hash

    return all(is_locked(package) for package in wanted.values())


def heading(wanted: Packages) -> str:
    """Return the first line of a lock file, which says of which requirements it is.

    Parameters
    ----------
    wanted : dict of str to Package
        The requirements.

    Returns
    -------
    str
        The line, a comment.
    """
    digest = sha256("\n".join(line for _, package in sorted(wanted.items()) for line in package.lines).encode())
    return f"# By {toolkit.NAME} {toolkit.version()}, of {FILE} {digest.hexdigest()[:16]}"


def _of_lock(folder: Path, wanted: Packages) -> Packages:
    file = folder / LOCK
    if not file.is_file():
        raise LayerError(f"{folder / FILE} names packages without hashes; write {LOCK} with --lock, and commit it")
    with file.open(encoding="utf-8") as lines:
        first = lines.readline().strip()
    if first != heading(wanted):
        raise LayerError(f"{file} was written for another {FILE} or {toolkit.NAME}; write it anew with --lock")
    return lock_file.read(file)
