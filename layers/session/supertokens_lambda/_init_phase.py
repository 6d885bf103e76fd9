"""What a function does ahead, in the init phase on Lambda; elsewhere nothing.

In this phase a function has a whole processor; when it answers requests, only the share that its memory buys.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from supertokens_lambda._runtime import Runtime

# Lambda sets this variable in the environment of every function.
_INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"


def prepare() -> None:
    """Build the guard, fetch signing keys and load the modules of a check by the core."""
    if _INITIALIZATION not in os.environ:
        return
    runtime = current()
    _ = runtime.guard
    runtime.signing_keys.prefetch()
    if runtime.settings.jwks_file is None:  # with its keys in a file, a page may never call the core
        _load_core_check(runtime)
    _renew_after_restore(runtime)


def prepare_sdk() -> None:
    """Start SuperTokens' SDK in the init phase on Lambda, for a function whose requests mostly use it.

    Examples
    --------
    >>> from supertokens_lambda.handlers import auth, prepare_sdk
    >>> prepare_sdk()
    >>> handler = auth
    """
    if _INITIALIZATION not in os.environ:
        return
    runtime = current()
    _ = runtime.api
    runtime.sdk.prepare()
    _renew_after_restore(runtime)


def prepare_refresh() -> None:
    """Load the modules of the refresh in the init phase on Lambda, for a function that serves little else.

    Examples
    --------
    >>> from supertokens_lambda.handlers import prepare_refresh, refresh
    >>> prepare_refresh()
    >>> handler = refresh
    """
    if _INITIALIZATION in os.environ:
        current().refresh.prepare()


def _load_core_check(runtime: Runtime) -> None:
    # Each session meets this check after a refresh.
    from supertokens_lambda._guard import session_cookies  # noqa: F401 - loaded ahead
    from supertokens_lambda._verification import core_check, session_writer  # noqa: F401 - likewise

    runtime.api_key.prepare()


def _renew_after_restore(runtime: Runtime) -> None:
    if os.environ[_INITIALIZATION] != "snap-start":
        return
    from snapshot_restore_py import register_after_restore

    # A snapshot may be weeks old; its connections no longer exist.
    register_after_restore(runtime.signing_keys.expire)
    register_after_restore(runtime.close)
