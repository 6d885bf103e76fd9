"""Files that are written all together, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from supertokens_lambda_local.errors import InitError

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_all(changes: Mapping[Path, tuple[bytes | None, bytes]]) -> None:
    """Write files, each with its previous content. If one fails, restore all.

    Raises
    ------
    InitError
        A file cannot be written, or was changed in the meantime.
    """
    with ExitStack() as undo:
        try:
            staged = [
                (_staged(file.resolve(), after, undo), file.resolve(), before)
                for file, (before, after) in changes.items()
            ]
            for temporary, file, before in staged:
                if (file.read_bytes() if file.exists() else None) != before:
                    raise InitError(f"{file.name}: was changed in the meantime; run the command again")
                temporary.replace(file)
                undo.callback(_restore, file, before)
        except OSError as error:
            raise InitError(f"{error.filename} cannot be written: {error.strerror}; nothing was changed") from None
        undo.pop_all()


def _staged(file: Path, content: bytes, undo: ExitStack) -> Path:
    """Write a file under another name in its folder. A rename moves it to its place."""
    missing = [folder for folder in file.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
        undo.callback(_remove, folder)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    temporary = Path(name)
    undo.callback(temporary.unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
    temporary.chmod(file.stat().st_mode & 0o777 if file.exists() else 0o666 & ~_umask())
    return temporary


def _restore(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(before)


def _remove(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
