"""A secret of Secrets Manager or a parameter of Systems Manager, kept for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from supertokens_lambda._aws.client import AwsError, AwsUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._aws.client import AwsClient

KEPT = 300.0  # seconds, the default of Powertools' Parameters utility
_KEPT_IN_FAULT = 10.0  # seconds until AWS is asked again


class SecretValue:
    """The value of one secret or parameter.

    Parameters
    ----------
    client : AwsClient
        Asks for it.
    name : str
        Name or ARN.
    is_parameter : bool
        Whether it is a parameter of Systems Manager; otherwise it is a secret of Secrets Manager.
    budget : float
        Seconds that a question may take.
    clock : callable
        Seconds of any beginning.
    """

    def __init__(
        self,
        client: AwsClient,
        name: str,
        *,
        is_parameter: bool,
        budget: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._name = name
        self._is_parameter = is_parameter
        self._budget = budget
        self._clock = clock
        self._value: str | None = None
        self._good_until = float("-inf")

    def get(self) -> str:
        """Return the value; while AWS is unavailable an earlier one stays good.

        Raises
        ------
        AwsError
            AWS does not give it.
        """
        value = self._value
        if value is None or self._clock() >= self._good_until:
            kept = KEPT
            try:
                value = self._asked()
            except AwsUnavailableError:
                if value is None:
                    raise
                kept = _KEPT_IN_FAULT
            self._value, self._good_until = value, self._clock() + kept
        return value

    def _asked(self) -> str:
        if self._is_parameter:
            asked = {"Name": self._name, "WithDecryption": True}
            found = self._client.call("ssm", "GetParameter", asked, self._budget).get("Parameter")
            value = found.get("Value") if isinstance(found, dict) else None
        else:
            answer = self._client.call("secretsmanager", "GetSecretValue", {"SecretId": self._name}, self._budget)
            value = answer["SecretString"] if "SecretString" in answer else _decoded(answer.get("SecretBinary"))
        if not isinstance(value, str):
            raise AwsError("AWS answered without the value; the secret must be text")
        return value

    def __repr__(self) -> str:
        return f"SecretValue({self._name!r})"


def _decoded(binary: object) -> str | None:
    from base64 import b64decode

    try:
        return b64decode(binary, validate=True).decode() if isinstance(binary, str) else None
    except ValueError:
        return None
