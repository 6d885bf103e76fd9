"""What a function's instance holds between invocations: the settings, and the guard that they make."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING

from supertokens_lambda._guard.guard import Guard
from supertokens_lambda._verification.signing_keys import SigningKeys
from supertokens_lambda._verification.verifier import Verifier
from supertokens_lambda.settings import Settings

if TYPE_CHECKING:
    from supertokens_lambda._core_client.client import CoreClient
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._verification.options import VerifyOptions
    from supertokens_lambda._verification.state import SessionState
    from supertokens_lambda._verification.verdict import Refusal, Verdict
    from supertokens_lambda._verification.verified_session import VerifiedSession


@cache
def settings() -> Settings:
    """Give the settings, read from the environment the first time.

    Raises
    ------
    SettingsError
        Naming every variable that is missing or malformed.
    """
    return Settings.from_environment(os.environ)


@cache
def guard() -> Guard:
    """Give the guard of this instance."""
    verifier = Verifier(
        settings(),
        signing_keys(),
        verify_in_core=lambda content: core().verify_session(content),
        verify_with_sdk=_verify_with_sdk,
        open_container=_open_container,
    )
    return Guard(settings(), _verify_with_sdk if settings().verify_with_sdk else verifier.verify, _refusal_of)


@cache
def signing_keys() -> SigningKeys:
    """Give the core's key set, with what the settings' file has of it.

    Raises
    ------
    OSError, ValueError
        The file is not there, or holds no key set.
    """
    path = settings().jwks_file
    given = None
    if path is not None:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib's import alone costs more than reading the file
            given = file.read()
    return SigningKeys(lambda: core().key_set(), given)


@cache
def core() -> CoreClient:
    """Give the core, and the connections to it; what it takes to talk to it is loaded when it is first needed."""
    from supertokens_lambda._api_key import api_key
    from supertokens_lambda._core_client.client import CoreClient

    return CoreClient(settings().connection_uris, lambda: api_key(settings()))


def prepare() -> None:
    """Do in Lambda's init phase what the first request would wait for; elsewhere it is done when needed."""
    kind = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE")
    if kind is None:
        return
    guard()
    signing_keys().prefetch()
    if kind == "snap-start":
        from snapshot_restore_py import register_after_restore

        register_after_restore(signing_keys().expire)


def prepare_sdk() -> None:
    """Load and start SuperTokens' SDK in Lambda's init phase, for a function that uses it in most of its requests."""
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") is None:
        return
    from supertokens_lambda._sdk import api, refresh, reuse  # noqa: F401 - the first request needs them all
    from supertokens_lambda._sdk.start import fault_at_start

    if fault_at_start() is None and settings().refresh_table:
        reuse.prepare()


def _verify_with_sdk(request: Request, options: VerifyOptions) -> Verdict:
    from supertokens_lambda._sdk.verify import verify

    return verify(request, options)


def _refusal_of(request: Request, error: Exception) -> Refusal | None:
    # Where the SDK is not loaded nothing of its can be the error.
    if "supertokens_python" not in sys.modules:
        return None
    from supertokens_lambda._sdk.errors import refusal_of_handler

    return refusal_of_handler(request, error)


def _open_container(session: VerifiedSession) -> SessionState:
    from supertokens_lambda._sdk.container import open_container

    return open_container(session)
