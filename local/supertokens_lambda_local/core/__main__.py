"""Serves the in-memory core on this machine: ``python -m supertokens_lambda_local.core``."""

import argparse

import uvicorn

from supertokens_lambda_local.core.app import create_core
from supertokens_lambda_local.core.config import CoreConfig


def main() -> None:
    """Serve until the process is interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m supertokens_lambda_local.core", description="An in-memory SuperTokens core on 127.0.0.1."
    )
    parser.add_argument("--port", type=int, default=3567, help="default: %(default)s, as of SuperTokens' own core")
    parser.add_argument(
        "--access-token-validity",
        type=int,
        default=CoreConfig.access_token_validity,
        metavar="SECONDS",
        help="default: %(default)s",
    )
    parser.add_argument(
        "--api-key", action="append", default=[], metavar="KEY", help="ask callers for this key; may be given again"
    )
    options = parser.parse_args()
    try:
        config = CoreConfig(access_token_validity=options.access_token_validity, api_keys=tuple(options.api_key))
    except ValueError as error:
        parser.error(str(error))
    uvicorn.run(
        create_core(config),
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=60,  # the default is what clients take too, and they would find it closed as they use it
    )


if __name__ == "__main__":
    main()
