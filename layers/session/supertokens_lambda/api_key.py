"""The core's API key, from the environment or from where AWS keeps secrets."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from supertokens_lambda.time_left import within_invocation
from supertokens_lambda.verification.core import BUDGET, CoreUnreachableError, within

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider, SSMProvider

    from supertokens_lambda.settings import Settings

_KEPT = 300  # seconds


def api_key(settings: Settings) -> str | None:
    """Give the core's API key.

    A parameter or a secret is read through Powertools, which keeps it for five minutes.

    Raises
    ------
    CoreUnreachableError
        AWS does not give the parameter or the secret, or not in time.
    """
    if settings.api_key_parameter is None and settings.api_key_secret is None:
        return settings.api_key
    try:
        # To load AWS' SDK and make a client of it is work, and no waiting that a budget would have to end.
        if settings.api_key_parameter:
            read = partial(parameters().get, settings.api_key_parameter, decrypt=True, max_age=_KEPT)
        else:
            read = partial(secrets().get, settings.api_key_secret or "", max_age=_KEPT)
        return _text(within(within_invocation(BUDGET), read))
    except Exception as error:
        raise CoreUnreachableError("the core's API key is not to be had") from error


@cache
def parameters() -> SSMProvider:
    """Give the reader of Systems Manager's parameters."""
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    return SSMProvider(boto_config=_boto_config())


@cache
def secrets() -> SecretsProvider:
    """Give the reader of Secrets Manager's secrets."""
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    return SecretsProvider(boto_config=_boto_config())


def _boto_config() -> Any:
    from botocore.config import Config

    # What nobody waits for any longer ends soon after; the default is minutes.
    return Config(connect_timeout=BUDGET, read_timeout=BUDGET, retries={"total_max_attempts": 2})


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
