"""Whether the SAM translator of AWS still accepts a template after the additions."""

from __future__ import annotations

import tempfile
from pathlib import Path

from supertokens_lambda_local.errors import InitError, LocalError
from supertokens_lambda_local.template.reader import read_template


def check_translation(template: Path, before: bytes, after: bytes) -> None:
    """Raise an error if the SAM translator accepts a template only without the additions.

    Raises
    ------
    InitError
        The translator refused the additions. The message has its reason.
    """
    try:
        _read(template.name, before)
    except LocalError:
        return  # The additions are not the reason.
    try:
        _read(template.name, after)
    except LocalError as error:
        raise InitError(f"{error}; add the sections yourself") from None


def _read(name: str, content: bytes) -> None:
    # In a copy, nothing is written beside the template.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(content)
        read_template(file)
