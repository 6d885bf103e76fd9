"""The recipes of a `backend_config.py` that send e-mails or text messages, read and never run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from supertokens_lambda_local.doctor.source import RECIPES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The position of each argument in the recipe's `init`.
_ARGUMENTS = {
    "emailpassword": {"email_delivery": 2},
    "emailverification": {"email_delivery": 1},
    "passwordless": {"email_delivery": 4, "sms_delivery": 5},
}
# What a contact method never sends.
_UNUSED = {"ContactPhoneOnlyConfig": "email_delivery", "ContactEmailOnlyConfig": "sms_delivery"}


class Sending(NamedTuple):
    """What a recipe sends by.

    Attributes
    ----------
    recipe : str
        The recipe, like ``emailpassword``.
    argument : str
        ``email_delivery`` or ``sms_delivery``.
    service : str
        ``ses`` or ``sns``; ``other`` for one of the application; empty for SuperTokens' demonstration service.
    is_vital : bool
        Whether nobody gets in without it: unlike the reset of a password.
    """

    recipe: str
    argument: str
    service: str
    is_vital: bool


def sendings(folder: Path) -> tuple[Sending, ...]:
    """Return what the recipes of a folder's `backend_config.py` send by; empty if there is none or it is unreadable."""
    try:
        tree = ast.parse((folder / RECIPES).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return tuple(sending for call in calls for sending in _of_call(call))


def _of_call(call: ast.Call) -> Iterator[Sending]:
    recipe, _, function = ast.unparse(call.func).rpartition(".")
    if function != "init" or any(keyword.arg is None for keyword in call.keywords):
        return
    recipe = recipe.rpartition(".")[2]
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    text = ast.unparse(call)
    unused = {argument for name, argument in _UNUSED.items() if name in text}
    is_vital = recipe == "passwordless" or (recipe == "emailverification" and "'REQUIRED'" in text)
    for argument, position in _ARGUMENTS.get(recipe, {}).items():
        if argument not in unused:
            given = named.get(argument) or (call.args[position] if position < len(call.args) else None)
            yield Sending(recipe, argument, _service(given), is_vital)


def _service(given: ast.expr | None) -> str:
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return ""
    called = {ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(given) if isinstance(node, ast.Call)}
    return next((service for service in ("ses", "sns") if service in called), "other")
