"""The command ``supertokens-lambda``."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from supertokens_lambda_local.doctor.command import add_parser as add_doctor
from supertokens_lambda_local.init.command import add_parser as add_init
from supertokens_lambda_local.layer.command import add_parsers as add_builds

_EXTRA = {"aiosmtpd", "samtranslator", "starlette", "uvicorn", "yaml"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the command's name; this process's arguments if left out.

    Returns
    -------
    int
        The exit code: 0, or 1 if the application could not be started; `doctor` has its own.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="supertokens-lambda", description="Tools for supertokens-lambda.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    dev = commands.add_parser(
        "dev",
        help="run a SAM application on this machine",
        description=(
            "Run the functions of a SAM template behind an API Gateway and a SuperTokens core on this machine, without "
            "AWS or containers. With SUPERTOKENS_CONNECTION_URI (and SUPERTOKENS_API_KEY) in the environment that core "
            "is used, otherwise one in memory, which forgets everything when it stops unless --data names a file. "
            "What functions send by e-mail and SMS is shown at /_mailbox, to this machine alone. Social sign-in has a "
            "provider in memory, which the variables SUPERTOKENS_DEV_OIDC_* of the functions name."
        ),
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    dev.add_argument("--template", type=Path, default=Path("template.yaml"), metavar="FILE", help="the SAM template")
    dev.add_argument("--host", default="localhost", help="the name or address to listen on")
    dev.add_argument("--port", type=_port, default=3000, help="the port to listen on, 0 for any that is free")
    dev.add_argument(
        "--access-token-validity",
        type=_seconds,
        default=3600,
        metavar="SECONDS",
        help="life of an access token of the in-memory core; a few seconds let one watch the refresh",
    )
    dev.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="keep the users and sessions of the in-memory core in this SQLite file, which holds its signing keys too",
    )
    dev.add_argument(
        "--env",
        type=_assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an environment variable of the functions, before all others; may be given again",
    )
    dev.add_argument(
        "--parameter",
        type=_assignment,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the value of one of the template's parameters, instead of its default; may be given again",
    )
    dev.add_argument(
        "--config-env", default="default", metavar="NAME", help="the table of samconfig.toml with further parameters"
    )
    dev.add_argument("--check", action="store_true", help="read the template, show what would be served, and exit")
    dev.add_argument("--https", action="store_true", help="serve HTTPS, with a certificate that nobody vouches for")
    dev.add_argument(
        "--certificate", type=Path, metavar="FILE", help="the certificate for HTTPS, in PEM; implies --https"
    )
    dev.add_argument("--key", type=Path, metavar="FILE", help="the certificate's key, in PEM, if not in the same file")
    dev.set_defaults(run=_dev)
    add_doctor(commands, _assignment)
    add_builds(commands)
    add_init(commands)
    return parser


def _dev(options: argparse.Namespace) -> int:
    try:
        from supertokens_lambda_local.core import DataFileError
        from supertokens_lambda_local.errors import LocalError
        from supertokens_lambda_local.gateway.console import Console
        from supertokens_lambda_local.gateway.tls import given, self_signed
        from supertokens_lambda_local.server import LocalApplication, Options, check
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        return _fail(f"{error.name} is missing: install supertokens-lambda[local]")
    if options.key and not options.certificate:
        return _fail("--key goes with --certificate")

    async def serve() -> None:
        stop = asyncio.Event()
        # Before the first line is written, which someone may wait for to send a signal.
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await LocalApplication(chosen, Console()).serve(stop)

    try:
        tls = self_signed(options.host) if options.https else None
        if options.certificate:
            tls = given(options.certificate, options.key)
        chosen = Options(
            template=options.template,
            host=options.host,
            port=options.port,
            access_token_validity=options.access_token_validity,
            data=options.data,
            environment=dict(options.env),
            parameters=dict(options.parameter),
            config_env=options.config_env,
            tls=tls,
        )
        if options.check:
            check(chosen, Console())
        else:
            asyncio.run(serve())
    except (LocalError, DataFileError) as error:
        return _fail(str(error))
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"supertokens-lambda: {message}\n")
    return 1


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def _seconds(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 1")
    return int(text)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError("it takes NAME=VALUE")
    return name, value
