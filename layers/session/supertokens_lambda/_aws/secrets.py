"""A secret of Secrets Manager or a parameter of Systems Manager, cached for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from supertokens_lambda._aws.client import AwsError, AwsUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._aws.client import AwsClient

KEPT = 300.0  # seconds; the default of the Parameters utility of Powertools
_KEPT_IN_FAULT = 10.0  # seconds until the next attempt


class SecretFormatError(AwsError):
    """The secret is not text."""


class SecretValue:
    """The value of one secret or parameter.

    Parameters
    ----------
    client : AwsClient
        Calls AWS.
    name : str
        Name or ARN.
    is_parameter : bool
        Whether it is a parameter of Systems Manager; otherwise it is a secret of Secrets Manager.
    clock : callable
        Seconds from an arbitrary start.
    """

    def __init__(
        self,
        client: AwsClient,
        name: str,
        *,
        is_parameter: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._name = name
        self._is_parameter = is_parameter
        self._clock = clock
        self._value: str | None = None
        self._good_until = float("-inf")

    def get(self, budget: float) -> str:
        """Return the value; while AWS is unavailable, the last known value.

        Parameters
        ----------
        budget : float
            Seconds that a call to AWS may take.

        Raises
        ------
        AwsUnavailableError
            AWS is unavailable, and no value is known.
        SecretFormatError
            The value is not text.
        AwsError
            AWS refused the call.
        """
        value = self._value
        if value is None or self._clock() >= self._good_until:
            kept = KEPT
            try:
                value = self._fetched(budget)
            except AwsUnavailableError:
                if value is None:
                    raise
                kept = _KEPT_IN_FAULT
            self._value, self._good_until = value, self._clock() + kept
        return value

    def _fetched(self, budget: float) -> str:
        if self._is_parameter:
            content = {"Name": self._name, "WithDecryption": True}
            found = self._client.call("ssm", "GetParameter", content, budget).get("Parameter")
            value = found.get("Value") if isinstance(found, dict) else None
        else:
            found = self._client.call("secretsmanager", "GetSecretValue", {"SecretId": self._name}, budget)
            value = found["SecretString"] if "SecretString" in found else _decoded(found.get("SecretBinary"))
        if not isinstance(value, str):
            raise AwsUnavailableError("AWS answered without the value")
        return value

    def __repr__(self) -> str:
        return f"SecretValue({self._name!r})"


def _decoded(binary: object) -> str | None:
    from base64 import b64decode

    if not isinstance(binary, str):
        return None
    try:
        return b64decode(binary, validate=True).decode()
    except ValueError:
        raise SecretFormatError("the secret is not UTF-8 text; store it as a string") from None
