"""The core's API key: from the environment, Systems Manager or Secrets Manager."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from supertokens_lambda._core_client.client import CoreUnreachableError
from supertokens_lambda._settings import SettingsError
from supertokens_lambda._settings.environment import is_api_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._aws.client import AwsClient
    from supertokens_lambda._aws.secrets import SecretValue
    from supertokens_lambda._settings import Settings

# Error codes of AWS for a wrong name and for a missing permission. Waiting changes neither.
_REFUSALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "DecryptionFailure",
        "InvalidParameterException",
        "ParameterNotFound",
        "ResourceNotFoundException",
        "ValidationException",
    }
)


class ApiKeyError(SettingsError):
    """The parameter or the secret cannot be read, or is not an API key; the message does not quote it."""


class ApiKey:
    """The core's API key.

    Parameters
    ----------
    settings : Settings
        Say where it is.
    client : callable
        Returns the client for AWS; called if a parameter or a secret holds the key, when it is first needed.
    budget : float
        Seconds that a question may take.
    clock : callable
        Seconds from an arbitrary start.
    """

    def __init__(
        self,
        settings: Settings,
        client: Callable[[], AwsClient],
        budget: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._budget = budget
        self._client = client
        self._clock = clock
        self._secret: SecretValue | None = None

    def prepare(self) -> None:
        """Load the client for AWS, if AWS has the key."""
        if self._settings.api_key_parameter or self._settings.api_key_secret:
            import supertokens_lambda._aws.secrets  # noqa: F401 - loaded ahead

    def get(self) -> str | None:
        """Return the key, or None if the core needs none.

        A value from AWS is kept for five minutes, and longer while AWS is unavailable.

        Raises
        ------
        CoreUnreachableError
            AWS is unavailable.
        ApiKeyError
            AWS refuses to return the parameter or the secret, or an HTTP header cannot carry its value.
        """
        settings = self._settings
        if settings.api_key_parameter:
            return self._from_aws(settings.api_key_parameter, "SUPERTOKENS_API_KEY_PARAMETER")
        if settings.api_key_secret:
            return self._from_aws(settings.api_key_secret, "SUPERTOKENS_API_KEY_SECRET")
        return settings.api_key

    def _from_aws(self, name: str, variable: str) -> str:
        from supertokens_lambda._aws.client import AwsError
        from supertokens_lambda._aws.secrets import SecretFormatError, SecretValue

        if self._secret is None:
            is_parameter = name == self._settings.api_key_parameter
            self._secret = SecretValue(self._client(), name, is_parameter=is_parameter, clock=self._clock)
        try:
            # A file or a command that fills a secret often adds a newline.
            key = self._secret.get(self._budget).strip()
        except SecretFormatError:
            key = ""
        except AwsError as error:
            if error.code in _REFUSALS:
                raise ApiKeyError(
                    f"AWS answers {error.code} for what {variable} names; "
                    "correct the name, or allow the function to read it"
                ) from None
            raise CoreUnreachableError("could not read the core's API key from AWS") from error
        if not is_api_key(key):
            raise ApiKeyError(
                f"what {variable} names must hold only the core's API key, in visible ASCII characters; "
                "correct its value"
            )
        return key
