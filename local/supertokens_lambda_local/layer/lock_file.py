"""Lock files, in the form of pip's requirements files: packages, their hashes, and who asks for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from supertokens_lambda_local.errors import LayerError

_PACKAGE = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[([^]]*)\])?\s*(?=[=<>!~;@\\]|$)")


@dataclass
class Package:
    """A package that a file names.

    Parameters
    ----------
    name : str
        Its name, normalized.
    extras : set of str
        The extras that are asked for.
    lines : list of str
        The lines that name it, with its version and hashes.
    asked_for_by : set of str
        Packages and files that ask for it; empty where the file does not say.
    """

    name: str
    extras: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    asked_for_by: set[str] = field(default_factory=set)

    @property
    def has_hash(self) -> bool:
        """Whether its files are pinned by hash."""
        return any("--hash=" in line for line in self.lines)

    @property
    def version(self) -> str | None:
        """The version that it is pinned to, if to one."""
        found = re.search(r"==\s*([^\s;\\,*]+)", self.lines[0])
        return found[1] if found else None


Packages = dict[str, Package]


def normalized(name: str) -> str:
    """Return the name of a package as all its spellings have it.

    Parameters
    ----------
    name : str
        The name, like ``Typing_Extensions``.

    Returns
    -------
    str
        The name, like ``typing-extensions``.
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read(file: Path) -> Packages:
    """Read a requirements file.

    Parameters
    ----------
    file : Path
        The file.

    Returns
    -------
    dict of str to Package
        The packages by name.

    Raises
    ------
    LayerError
        It cannot be read, or a line is not a package.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LayerError(f"could not read {file}: {error}") from None
    packages: Packages = {}
    package, continued = None, False
    for number, line in enumerate(lines, 1):
        text, _, comment = f" {line}".partition(" #")
        text = text.strip()
        if text:
            if package is None or not continued:
                package = _named(text, f"{file.name}, line {number}", packages)
            package.lines.append(text)
            continued = text.endswith("\\")
        # What begins a line is no remark on the package above it.
        if package and not line.startswith("#"):
            package.asked_for_by.update(_askers(comment))
    return packages


def _named(text: str, place: str, packages: Packages) -> Package:
    found = _PACKAGE.match(text)
    if not found:
        raise LayerError(f"{place}: expected a package; options, files and addresses go elsewhere")
    package = packages.setdefault(normalized(found[1]), Package(normalized(found[1])))
    package.extras.update(extra.strip() for extra in (found[2] or "").split(",") if extra.strip())
    return package


def _askers(comment: str) -> Iterator[str]:
    """Find who asks for a package, in the comments that pip-compile and uv write below it."""
    for asker in comment.strip(" #").removeprefix("via").split(","):
        name = re.sub(r" \(.*\)$", "", asker.strip())
        # Constraints limit a version, and ask for nothing.
        if name and not name.startswith("-c "):
            yield normalized(name)
