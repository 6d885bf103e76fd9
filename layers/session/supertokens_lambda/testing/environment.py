"""The environment of a function, for the time of a test."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from supertokens_lambda._runtime import swap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ORIGIN = "https://app.example.com"


@contextmanager
def environment(connection_uri: str, variables: Mapping[str, str]) -> Iterator[None]:
    """Run with an environment, and with a runtime that is built from it.

    Parameters
    ----------
    connection_uri : str
        The core.
    variables : mapping of str to str
        Environment variables, in the place of the usual ones.

    Raises
    ------
    RuntimeError
        The code runs in Lambda, where no test key may be trusted.
    """
    if os.environ.get("AWS_LAMBDA_RUNTIME_API"):
        raise RuntimeError("sessions() and core_sessions() are for tests; do not call them in Lambda")
    usual = {"SUPERTOKENS_CONNECTION_URI": connection_uri}
    usual |= {"SUPERTOKENS_API_DOMAIN": _ORIGIN, "SUPERTOKENS_WEBSITE_DOMAIN": _ORIGIN}
    given = usual | dict(variables)
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    runtime = swap(None)
    try:
        yield
    finally:
        made = swap(runtime)
        if made is not None:
            made.close()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
