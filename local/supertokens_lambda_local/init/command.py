"""The command ``supertokens-lambda init``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_HELP = (
    "Add sessions to the SAM application of this folder: the layer, the functions for signing in and refreshing, their "
    "routes, table, settings and permissions, and a test. In an empty folder, make an application with a guarded "
    "page. Files that exist are kept, the template keeps its comments and order, and a second run changes nothing."
)
_RECIPES = ("emailpassword", "thirdparty", "passwordless", "emailverification", "userroles", "totp")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to ``supertokens-lambda``.

    Parameters
    ----------
    commands
        Where commands are added.
    """
    init = commands.add_parser("init", help="add sessions to a SAM application, or make one", description=_HELP)
    init.add_argument("directory", type=Path, nargs="?", default=Path(), help="the folder of the application")
    init.add_argument("--template", metavar="FILE", help="the SAM template, if its name is another than template.yaml")
    init.add_argument(
        "--guard",
        action="append",
        default=[],
        metavar="FUNCTION",
        help="the logical id of a function with pages for visitors who are signed in; may be given again",
    )
    init.add_argument(
        "--recipes",
        type=_recipes,
        metavar="NAMES",
        help=f"the recipes of SuperTokens, emailpassword if left out; with commas between them: {', '.join(_RECIPES)}",
    )
    init.add_argument(
        "--framework",
        choices=("fastapi", "flask", "django", "none"),
        default="none",
        help="the framework of a new application",
    )
    init.add_argument(
        "--api",
        metavar="API",
        help="the API that gets the routes, by its logical id; or http, rest or url, which a new application is behind",
    )
    init.add_argument("--auth-path", metavar="PATH", help="the path of the sign-in page, /auth if left out")
    init.add_argument("--refresh-path", metavar="PATH", help="the page that refreshes, /refresh-session if left out")
    init.add_argument("--folder", default="", help="where functions/ and layers/ are put, below the template")
    init.add_argument("--eject", choices=["sign-in"], help="copy these pages into the application, to be edited")
    init.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")
    init.add_argument("--yes", action="store_true", help="write it without asking")
    init.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from supertokens_lambda_local.errors import LocalError
    from supertokens_lambda_local.init.next_steps import next_steps
    from supertokens_lambda_local.init.plan import Request
    from supertokens_lambda_local.init.preview import preview
    from supertokens_lambda_local.init.whole import plan_of_folder
    from supertokens_lambda_local.init.writing import write_all

    request = Request(
        guard=tuple(dict.fromkeys(options.guard)),
        recipes=options.recipes,
        api=options.api,
        auth_path=options.auth_path,
        refresh_path=options.refresh_path,
        folder=options.folder,
        eject=bool(options.eject),
    )
    try:
        plan, guarded = plan_of_folder(options.directory, options.template, options.framework, request)
        changes = {file: change for file, change in plan.changes.items() if change[0] != change[1]}
        if not changes:
            sys.stdout.write("Nothing is missing, and nothing was changed\n")
            return 0
        sys.stdout.write(preview(changes, options.directory))
        if options.dry_run:
            return 0
        if not (options.yes or _agreed()):
            sys.stderr.write("supertokens-lambda: nothing was written; agree, or give --yes\n")
            return 1
        write_all(changes)
    except LocalError as error:
        sys.stderr.write(f"supertokens-lambda: {error}\n")
        return 1
    sys.stdout.write(f"{len(changes)} files are written. What to do next:\n\n")
    for number, step in enumerate(next_steps(plan, guarded, options.directory), 1):
        sys.stdout.write(f"{number}. {step}\n")
    return 0


def _agreed() -> bool:
    sys.stdout.write("\nWrite this? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _recipes(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in _RECIPES]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"expected recipes out of {', '.join(_RECIPES)}, got {text!r}")
    return names
