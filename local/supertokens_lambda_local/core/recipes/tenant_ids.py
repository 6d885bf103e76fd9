"""Ids of tenants and apps, checked as they are part of paths."""

import re
from typing import Final

from supertokens_lambda_local.core.errors import InputError
from supertokens_lambda_local.core.java import trimmed

_RESERVED: Final = {"recipe", "users", "hello", "config"}


def checked_id(text: str, name: str) -> str:
    """Return an id as it is kept.

    Raises
    ------
    InputError
        It is empty, reserved or has characters that ids do not have.
    """
    checked = trimmed(text).lower()
    if not checked:
        raise InputError(f"{name} should not be an empty String")
    if not re.fullmatch(r"[a-z0-9-]+", checked):
        raise InputError(f"{name} can only contain letters, numbers and hyphens")
    if checked.startswith("appid-"):
        raise InputError(f"{name} must not start with 'appid-'")
    if checked in _RESERVED:
        raise InputError(f"Cannot use '{checked}' as a {name}")
    return checked
