"""The core's API key, from the environment or from where AWS keeps secrets."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from supertokens_lambda._core_client.client import BUDGET, CoreUnreachableError, within
from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._settings import SettingsError, is_api_key

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SecretsProvider, SSMProvider

    from supertokens_lambda._settings import Settings

_KEPT = 300  # seconds


# What AWS answers where the name is wrong, or the function may not read what it names: waiting mends neither.
_REFUSALS = {
    "AccessDenied",
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidParameterException",
    "ParameterNotFound",
    "ResourceNotFoundException",
    "ValidationException",
}


class ApiKeyError(SettingsError):
    """The parameter or the secret cannot be read, or cannot be the core's API key; the message does not quote it."""


def api_key(settings: Settings) -> str | None:
    """Give the core's API key.

    A parameter or a secret is read through Powertools, which keeps it for five minutes.

    Raises
    ------
    CoreUnreachableError
        AWS does not answer, or not in time.
    ApiKeyError
        AWS refuses to give the parameter or the secret, or what it holds cannot be sent in an HTTP header.
    """
    if settings.api_key_parameter is None and settings.api_key_secret is None:
        return settings.api_key
    try:
        # To load AWS' SDK and make a client of it is work, and no waiting that a budget would have to end.
        if settings.api_key_parameter:
            variable = "SUPERTOKENS_API_KEY_PARAMETER"
            read = partial(parameters().get, settings.api_key_parameter, decrypt=True, max_age=_KEPT)
        else:
            variable = "SUPERTOKENS_API_KEY_SECRET"
            read = partial(secrets().get, settings.api_key_secret or "", max_age=_KEPT)
        found = within(within_invocation(BUDGET), read)
    except Exception as error:
        code = _code_of(error)
        if code in _REFUSALS:
            raise ApiKeyError(
                f"AWS answers {code} for what {variable} names; correct the name, or allow the function to read it"
            ) from None
        raise CoreUnreachableError("could not read the core's API key from AWS") from error
    # A file or a command that a secret was made with often ends it with a newline.
    key = found.decode("latin-1").strip() if isinstance(found, bytes) else str(found).strip()
    if not is_api_key(key):
        raise ApiKeyError(
            f"what {variable} names must hold the core's API key alone, in visible ASCII characters; correct its value"
        )
    return key


def _code_of(error: BaseException) -> str | None:
    """Return the code of the AWS error that an error of Powertools comes of."""
    answer = getattr(error.__cause__ or error.__context__, "response", None)
    return answer["Error"].get("Code") if isinstance(answer, dict) and "Error" in answer else None


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
