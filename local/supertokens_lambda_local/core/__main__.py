"""Serves the in-memory core on this machine: ``python -m supertokens_lambda_local.core``."""

import argparse
import json
import sys
from pathlib import Path

import uvicorn

from supertokens_lambda_local.core.app import create_core
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import DataFileError
from supertokens_lambda_local.core.unspoken import introduction


def main() -> None:
    """Serve until the process is interrupted."""
    parser = _parser()
    options = parser.parse_args()
    try:
        config = CoreConfig(
            access_token_validity=options.access_token_validity,
            api_keys=tuple(options.api_key),
            settings=dict(options.setting),
            paid_features=options.paid_features,
            data=options.data,
            shortening=options.shortening,
            seed=options.seed,
            startup=options.startup,
            requests_per_connection=options.requests_per_connection,
        )
        core = create_core(config)
    except (ValueError, DataFileError) as error:
        parser.error(str(error))
    sys.stdout.write(f"Core in memory at http://127.0.0.1:{options.port}: {introduction(config)}\n")
    sys.stdout.flush()
    uvicorn.run(
        core,
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=60,  # the default is what clients take too, and they would find it closed as they use it
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m supertokens_lambda_local.core",
        description="An in-memory SuperTokens core on 127.0.0.1.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=int, default=3567, help="the port to listen on")
    add("--access-token-validity", type=int, default=3600, metavar="SECONDS", help="life of an access token")
    add("--api-key", action="append", default=[], metavar="KEY", help="ask callers for this key; may be given again")
    add("--data", type=Path, metavar="FILE", help="keep the state in this SQLite file")
    add(
        "--setting",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=JSON",
        help="a setting of config.yaml, such as totp_max_attempts=3; may be given again",
    )
    add("--no-paid-features", dest="paid_features", action="store_false", help="be a core without a license")
    add(
        "--shortening",
        type=float,
        default=0,
        metavar="PART",
        help="cut off up to this part of access tokens' lives",
    )
    add("--seed", type=int, default=0, help="for what is random about --shortening")
    add("--startup", type=float, default=0, metavar="SECONDS", help="answer 404 with an HTML page for so long at first")
    add("--requests-per-connection", type=int, metavar="NUMBER", help="close a connection after so many requests")
    return parser


def _setting(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError("expected NAME=VALUE with a value in JSON") from None


if __name__ == "__main__":
    main()
