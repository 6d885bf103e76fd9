"""The code of a template's functions, read and never run: what it imports, and whether it has its handler."""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from supertokens_lambda_local.gateway.source import REQUIREMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda_local.template.model import Function

_TOOLKIT = re.compile(r"^\s*(?:from|import)\s+supertokens_lambda\b", re.MULTILINE)
# The toolkit's API and sign-in pages.
_READY_MADE = r"from supertokens_lambda\.handlers import [^\n]*\bauth\b|\bsupertokens_lambda\.(?:sign_in|site)\b"
_SDK = re.compile(rf"{_READY_MADE}|\bprepare_sdk\b|\bsupertokens_python\b|\bsupertokens_lambda\._?sdk\b|\.sdk\(\)")
_REFRESHES = re.compile(
    r"\bsupertokens_lambda\.site\b|\bprepare_refresh\b|\bserve_refresh\b"
    r"|from supertokens_lambda\.handlers import [^\n]*\b(?:auth|refresh)\b"
)
_NOT_FOUND = re.compile(r"from supertokens_lambda\.handlers import [^\n]*\bnot_found\b")
_SERVES_API = re.compile(rf"{_READY_MADE}|\bcall_api\b")
_SENDS = re.compile(
    rf"{_READY_MADE}|\bsend_\w*(?:email|sms)\w*\("
    r"|/signinup/code\b|/user/password/reset/token|/user/email/verify/token"
)
_ASKS_CORE = re.compile(r"\bcheck_database\b|\bSUPERTOKENS_VERIFY_WITH_SDK\b|\bserve_sign_out\b|\bforms\.sign_out\b")
# The packages that a recipe needs and not all applications have: docs/layer.md.
_NEEDED = {"twilio": re.compile(r"twilio|smsdelivery", re.IGNORECASE)}
RECIPES = "backend_config.py"
_LIMIT = 400  # files: more are no function's own


def uses_toolkit(function: Function) -> bool:
    """Check whether a function's code imports the toolkit."""
    return bool(_TOOLKIT.search(_text(function)))


def loads_sdk(function: Function) -> bool:
    """Check whether a function's code loads SuperTokens' SDK."""
    return bool(_SDK.search(_text(function)))


def is_not_found_page(function: Function) -> bool:
    """Check whether a function's code is the toolkit's page for addresses that have none."""
    return bool(_NOT_FOUND.search(_text(function)))


def refreshes(function: Function) -> bool:
    """Check whether a function's code serves the refresh, with SuperTokens' SDK or without."""
    return loads_sdk(function) or bool(_REFRESHES.search(_text(function)))


def asks_core(function: Function) -> bool:
    """Check whether a function's code asks the core for more than its public keys."""
    verifies = function.environment.get("SUPERTOKENS_VERIFY_WITH_SDK", "").lower() == "true"
    return refreshes(function) or bool(_ASKS_CORE.search(_text(function))) or (verifies and uses_toolkit(function))


def serves_api(function: Function) -> bool:
    """Check whether a function's code serves or calls SuperTokens' API."""
    return bool(_SERVES_API.search(_text(function)))


def sends(function: Function) -> bool:
    """Check whether a function's code has a recipe send e-mails or text messages."""
    return bool(_SENDS.search(_text(function)))


def packages_left_out(layer: Path) -> list[str]:
    """Return the packages that a recipe of a layer needs, and its requirements.txt lacks."""
    recipes, locked = layer / RECIPES, layer / "requirements.txt"
    if not (recipes.is_file() and locked.is_file()):
        return []
    text = recipes.read_text(encoding="utf-8", errors="replace")
    has = locked.read_text(encoding="utf-8", errors="replace")
    if re.search(r"^supertokens[-_.]lambda\b", has, re.MULTILINE | re.IGNORECASE):
        return []  # `supertokens-lambda layer` builds it, and follows the recipes
    return [
        package
        for package, pattern in _NEEDED.items()
        if pattern.search(text) and not re.search(rf"^{package}\b", has, re.MULTILINE)
    ]


def handler_problem(function: Function) -> str:
    """Return why Lambda would not find a function's handler, as the end of a sentence; empty if it would."""
    if function.unavailable or function.source or "AWS_LAMBDA_EXEC_WRAPPER" in function.environment:
        return ""
    if not function.code_uri.is_dir():
        return f"its code {function.code_uri.name} does not exist"
    module, _, name = function.handler.replace("/", ".").rpartition(".")
    if not module:
        return f"its Handler {function.handler} is not like app.handler"
    place = Path(*module.split("."))
    for folder in (function.code_uri, *function.layers):
        for file in (folder / place.with_suffix(".py"), folder / place / "__init__.py"):
            if file.is_file():
                names = _names(file)
                return "" if names is None or name in names else f"{file.name} has no {name}"
    installed = any((function.code_uri / name).is_file() for name in REQUIREMENTS)
    return "" if installed else f"its folder {function.code_uri.name} has no {place.with_suffix('.py')}"


def _text(function: Function) -> str:
    return function.source or ("" if function.unavailable else _text_of(function.code_uri))


@cache
def _text_of(folder: Path) -> str:
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    found = 0
    for parent, names, files in os.walk(folder):
        names[:] = [name for name in names if not name.startswith((".", "__")) and name != "node_modules"]
        for file in files:
            if file.endswith(".py") and found < _LIMIT:
                found += 1
                yield Path(parent, file)


def _names(file: Path) -> set[str] | None:
    """Return the names that a module defines; None if its text does not tell."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return None
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return None if names & {"*", "__getattr__", "globals"} else names
