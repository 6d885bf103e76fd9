"""The commands ``supertokens-lambda layer`` and ``supertokens-lambda function``."""

import argparse
import signal
import sys
from pathlib import Path
from typing import NoReturn

from supertokens_lambda_local.errors import LayerError
from supertokens_lambda_local.layer.build import ANY, ARCHITECTURES, build_function, build_layer
from supertokens_lambda_local.layer.lock import write_lock

_LAYER = (
    "Build the layer of an application for Lambda, on any machine: the toolkit, backend_config.py and other modules of "
    "the folder, and the packages that the configured recipes load, compiled. Run it in the Makefile of the layer."
)
_FUNCTION = (
    "Build a function with packages besides the layer: the folder's code, and the packages of its requirements.txt "
    "that the layer does not have, compiled."
)


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to ``supertokens-lambda``.

    Parameters
    ----------
    commands
        Where commands are added.
    """
    layer = commands.add_parser("layer", help="build the layer of an application", description=_LAYER)
    layer.add_argument("--architecture", choices=ARCHITECTURES, help="the processor of the functions")
    layer.set_defaults(build=build_layer, is_layer=True)
    function = commands.add_parser("function", help="build a function with its packages", description=_FUNCTION)
    function.add_argument(
        "--architecture",
        choices=(*ARCHITECTURES, ANY),
        help="the processor of the function; any leaves out compiled modules, where the packages do without",
    )
    function.set_defaults(build=build_function, is_layer=False)
    for parser in (layer, function):
        parser.add_argument("--folder", type=Path, default=Path(), help="the folder to build, this one if left out")
        parser.add_argument("--into", type=Path, metavar="FOLDER", help="where it is built: $(ARTIFACTS_DIR)")
        parser.add_argument(
            "--lock",
            action="store_true",
            help="write requirements.lock, for packages in requirements.txt without hashes",
        )
        parser.set_defaults(run=_run, refuse=parser.error)


def _run(options: argparse.Namespace) -> int:
    if options.lock == bool(options.into and options.architecture):
        options.refuse("expected --into and --architecture, or --lock")
    for name in {"SIGHUP", "SIGTERM"} & {*signal.Signals.__members__}:
        signal.signal(signal.Signals[name], _stop)
    folder = options.folder.resolve()
    try:
        if options.lock:
            sys.stdout.write(f"{write_lock(folder, layer=options.is_layer)} is written; commit it\n")
        else:
            options.build(folder, options.into.resolve(), options.architecture)
    except LayerError as error:
        sys.stderr.write(f"supertokens-lambda: {error}\n")
        return 1
    return 0


def _stop(*_: object) -> NoReturn:
    """Leave by an exception, so that the temporary folder is removed."""
    sys.exit(1)
