"""Entries of maps, as the text of a template."""

from __future__ import annotations

import json
import re

from supertokens_lambda_local.template.syntax import load


def block_entry(key: str, value: str, step: int) -> list[str]:
    """Return the lines of an entry of a block.

    Parameters
    ----------
    key : str
        The key.
    value : str
        One line that follows the key, or a block, which ends with a line break.
    step : int
        How many spaces one level is indented by.
    """
    if not value.endswith("\n"):
        return [f"{key}: {value}"]
    # Blocks are written with two spaces a level.
    lines = [re.sub("^ +", lambda found: " " * (len(found[0]) // 2 * step), line) for line in value.splitlines()]
    return [f"{key}:", *(" " * step + line if line else "" for line in lines)]


def flow_entry(key: str, value: str, *, is_json: bool) -> str:
    """Return an entry of ``{...}``, in YAML or JSON."""
    if is_json or value.endswith("\n"):
        return f"{json.dumps(key)}: {json.dumps(load(value), indent=2 if is_json else None)}"
    return f"{key}: {value}"
