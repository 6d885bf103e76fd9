"""The folder that `init` runs in: an application, or an empty folder that becomes one."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.init.apis import KINDS, Kind
from supertokens_lambda_local.init.application import PAGES, TEMPLATE, application_files
from supertokens_lambda_local.init.plan import Plan, plan_for
from supertokens_lambda_local.init.translation import check_translation

if TYPE_CHECKING:
    from pathlib import Path

    from supertokens_lambda_local.init.plan import Request

_NAMES = (TEMPLATE, "template.yml", "template.json")
# A folder with these files counts as empty.
_NO_APPLICATION = ("readme", "license")


def plan_of_folder(root: Path, name: str | None, framework: str, request: Request) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan for a folder, and the functions that are guarded.

    Raises
    ------
    InitError
        The folder has no template and is not empty, or the template cannot be used.
    """
    template = _template(root, name)
    if template is None:
        return _new(root, framework, request), (PAGES,)
    try:
        content = template.read_bytes()
    except OSError as error:
        raise InitError(f"{template.name}: cannot be read: {error.strerror}") from None
    plan = plan_for(template, content, request)
    check_translation(template, content, plan.changes[template][1])
    return plan, request.guard


def _new(root: Path, framework: str, request: Request) -> Plan:
    kind: Kind | None = next((each for each in KINDS if each == (request.api or "http")), None)
    if kind is None:
        raise InitError(f"a new application cannot be behind {request.api}; choose {', '.join(KINDS)} with --api")
    if request.guard:
        raise InitError(f"{root.resolve().name} has no template; leave out --guard for a new application")
    base = {root / path: text.encode() for path, text in application_files(kind, framework, root.resolve().name)}
    plan = plan_for(root / TEMPLATE, base[root / TEMPLATE], replace(request, guard=(PAGES,), api=kind))
    written = {file: after for file, (_, after) in plan.changes.items()}
    # A README or a .gitignore that exists is kept.
    plan.changes = {file: (None, content) for file, content in {**base, **written}.items() if not file.exists()}
    return plan


def _template(root: Path, name: str | None) -> Path | None:
    if name is not None:
        return root / name
    found = [root / each for each in _NAMES if (root / each).is_file()]
    if found:
        return found[0]
    configured = _configured(root)
    if configured:
        return root / configured
    others = [each.name for each in root.iterdir()] if root.is_dir() else []
    mine = sorted(each for each in others if not each.startswith((".", "venv")) and not _is_no_application(each))
    if mine:
        raise InitError(
            f"{root.resolve().name} has no template.yaml, and is not empty: it has {mine[0]}; "
            "run this where the template is, name it with --template, or begin in an empty folder"
        )
    return None


def _is_no_application(name: str) -> bool:
    return name.lower().startswith(_NO_APPLICATION)


def _configured(root: Path) -> str | None:
    """Return the template that samconfig.toml names."""
    try:
        config = tomllib.loads((root / "samconfig.toml").read_text(encoding="utf-8"))
        parameters = [config["default"][command]["parameters"] for command in config.get("default", {})]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    names = (table.get(key) for table in parameters for key in ("template_file", "template") if isinstance(table, dict))
    return next((name for name in names if isinstance(name, str)), None)
