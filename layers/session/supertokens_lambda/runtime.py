"""What a function's instance holds between invocations: the settings, and the guard that they make."""

import os
from functools import cache

from supertokens_lambda.guard.guard import Guard
from supertokens_lambda.settings import Settings


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
    from supertokens_lambda.sdk.verify import verify

    return Guard(settings(), verify)


def prepare() -> None:
    """Do in Lambda's init phase what the first request would wait for; elsewhere it is done when needed."""
    if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
        guard()
