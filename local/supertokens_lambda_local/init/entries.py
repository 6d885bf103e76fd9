"""Entries of maps, as the text of a template."""

from __future__ import annotations

import json
import re

from supertokens_lambda_local.template.syntax import load

#: Spaces a level of blocks that are added.
STEP = 2

_INDENTATION = re.compile("^( *)(- )?")


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
    lines = [_INDENTATION.sub(lambda found: _indentation(found, step), line) for line in value.splitlines()]
    return [f"{key}:", *(" " * step + line if line else "" for line in lines)]


def flow_entry(key: str, value: str, *, is_json: bool) -> str:
    """Return an entry of ``{...}``, in YAML or JSON."""
    if is_json or value.endswith("\n"):
        return f"{json.dumps(key)}: {json.dumps(load(value), indent=2 if is_json else None)}"
    return f"{key}: {value}"


def _indentation(found: re.Match[str], step: int) -> str:
    # The keys of a map in a list are below its first key, which follows the dash.
    dash = "-".ljust(step) if found[2] else ""
    return " " * (len(found[1]) // STEP * step) + dash
