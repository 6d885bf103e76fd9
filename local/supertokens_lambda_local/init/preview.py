"""The preview of changes, for the terminal."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def preview(changes: Mapping[Path, tuple[bytes | None, bytes]], root: Path) -> str:
    """Return the differences of changed files, and the names and sizes of new files."""
    parts: list[str] = []
    for file, (before, after) in changes.items():
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
        if before is None:
            parts.append(f"new  {name} ({len(after.splitlines())} lines)\n")
        else:
            parts += difflib.unified_diff(_lines(before), _lines(after), f"{name}", f"{name} (new)")
    return "".join(parts)


def _lines(content: bytes) -> list[str]:
    return [f"{line}\n" for line in content.decode().splitlines()]
