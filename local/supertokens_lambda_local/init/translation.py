"""Whether AWS takes a template after the additions as it did before."""

from __future__ import annotations

import tempfile
from pathlib import Path

from supertokens_lambda_local.errors import InitError, LocalError
from supertokens_lambda_local.template.reader import read_template


def check_translation(template: Path, before: bytes, after: bytes) -> None:
    """Raise an error if AWS's translator takes a template only without the additions.

    Raises
    ------
    InitError
        With the translator's words.
    """
    try:
        _read(template.name, before)
    except LocalError:
        return  # It was refused before, for a reason that is not ours.
    try:
        _read(template.name, after)
    except LocalError as error:
        raise InitError(f"{error}; add the sections yourself") from None


def _read(name: str, content: bytes) -> None:
    # A copy in an empty folder: nothing is written where the template is.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(content)
        read_template(file)
