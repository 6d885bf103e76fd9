"""The command ``supertokens-lambda cookiecutter``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

_HELP = (
    "Write a template of Cookiecutter for `sam init --location`. It asks for the API, the framework and the recipes, "
    "and makes the application that `supertokens-lambda init` makes of an empty folder. Whoever uses it needs SAM CLI "
    "alone: the template runs no code."
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to ``supertokens-lambda``.

    Parameters
    ----------
    commands
        Where commands are added.
    """
    parser = commands.add_parser("cookiecutter", help="write a template for sam init", description=_HELP)
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="a folder, new or empty")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from supertokens_lambda_local.cookiecutter.template import template_files
    from supertokens_lambda_local.errors import InitError
    from supertokens_lambda_local.init.writing import write_all

    folder: Path = options.into
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        sys.stderr.write(f"supertokens-lambda: {folder} is not an empty folder; choose another with --into\n")
        return 1
    try:
        write_all({folder / path: (None, text.encode()) for path, text in template_files()})
    except InitError as error:
        sys.stderr.write(f"supertokens-lambda: {error}\n")
        return 1
    sys.stdout.write(f"{folder} is written; make an application with: sam init --location {folder}\n")
    return 0
