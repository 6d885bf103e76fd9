"""The command ``supertokens-lambda doctor``."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

_HELP = (
    "Say in plain words what will break in a deployment: read the settings of a SAM template, or of the "
    "environment where "
    "no template is given, ask the core, and visit the deployment where its URL is given. SUPERTOKENS_API_KEY in the "
    "environment is the key for the core where the template keeps it elsewhere. The exit code is 0 where nothing is "
    "wrong, 1 where errors were found, 2 where nothing could be examined."
)


def add_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", assignment: Callable[[str], tuple[str, str]]
) -> None:
    """Add the command to ``supertokens-lambda``.

    Parameters
    ----------
    commands
        Where commands are added.
    assignment : callable
        Reads ``NAME=VALUE``.
    """
    doctor = commands.add_parser("doctor", help="say what will break in a deployment", description=_HELP)
    doctor.add_argument("--template", type=Path, metavar="FILE", help="the SAM template")
    doctor.add_argument(
        "--parameter",
        type=assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the value of one of the template's parameters, instead of its default; may be given again",
    )
    doctor.add_argument("--url", type=_url, help="where the deployment runs, with the stage if there is one")
    doctor.add_argument(
        "--config-env", default="default", metavar="NAME", help="the table of samconfig.toml with further parameters"
    )
    doctor.add_argument(
        "--format", choices=("text", "json", "github"), default="text", help="how the report is written"
    )
    doctor.add_argument("--json", action="store_const", const="json", dest="format", help="as --format json")
    doctor.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    doctor.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from supertokens_lambda_local.doctor import report
    from supertokens_lambda_local.doctor.deployment import from_environment, from_template
    from supertokens_lambda_local.doctor.examination import examine, exit_code
    from supertokens_lambda_local.errors import LocalError

    try:
        deployment = (
            from_template(options.template, dict(options.parameter), options.url, options.config_env)
            if options.template
            else from_environment(os.environ, options.url)
        )
        outcomes = examine(deployment, os.environ.get("SUPERTOKENS_API_KEY"))
    except LocalError as error:
        sys.stderr.write(f"supertokens-lambda: {error}\n")
        return 2
    write = {"text": report.as_text, "json": report.as_json, "github": report.as_github}[options.format]
    sys.stdout.write(write(outcomes))
    examined = deployment.settings is not None or options.url is not None
    return exit_code(outcomes, strict=options.strict, examined=examined)


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not a URL like https://example.com")
    return text
