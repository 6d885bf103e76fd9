"""Calls to JSON services of AWS: signed `POST` requests within a budget."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from supertokens_lambda._aws.credentials import CredentialsError, CredentialsProvider
from supertokens_lambda._aws.endpoint import RegionMissingError, endpoint_of, region_of
from supertokens_lambda._aws.signature import signed_headers
from supertokens_lambda._connections.budget import UnreachableError
from supertokens_lambda._connections.connections import Connections
from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supertokens_lambda._connections.answer import Answer

# By service, as in the names of endpoints: the prefix of `x-amz-target` and the version of the JSON protocol.
_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "secretsmanager": ("secretsmanager", "1.1"),
    "ssm": ("AmazonSSM", "1.1"),
}

# The throttling errors of botocore's standard retry mode.
_THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_PAUSE = 0.05  # seconds before the second attempt


class AwsError(SuperTokensLambdaError):
    """AWS refused a call, or the environment cannot call AWS; the message quotes neither request nor answer.

    Attributes
    ----------
    code : str
        Error code, like ``ResourceNotFoundException``; empty if AWS did not answer with one.
    item : dict or None
        The existing item, if a condition failed and the call requested the item.
    """

    may_be_logged = True

    def __init__(self, message: str, code: str = "", item: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code: str = code
        self.item: dict[str, Any] | None = item


class AwsUnavailableError(AwsError):
    """AWS was unreachable, failed, or throttled the call: another attempt may succeed."""


class AwsClient:
    """Client for JSON services of AWS.

    Parameters
    ----------
    environment : mapping of str to str
        Region, credentials and endpoints, in the variables that AWS SDKs read.
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.time) -> None:
        self._environment = environment
        self._clock = clock
        self._credentials = CredentialsProvider(environment, self._fetch, clock)
        self._connections: dict[str, Connections] = {}

    def call(self, service: str, operation: str, content: Mapping[str, Any], budget: float) -> dict[str, Any]:
        """Return the output of an operation, after a second attempt if the first one failed temporarily.

        Parameters
        ----------
        service : {"dynamodb", "secretsmanager", "ssm"}
            The service, as in the names of endpoints.
        operation : str
            The operation, like ``GetSecretValue``.
        content : mapping
            The input of the operation.
        budget : float
            Seconds for both attempts, or the remaining time of the invocation if that is less. The first one has half.

        Returns
        -------
        dict
            The operation's output.

        Raises
        ------
        AwsUnavailableError
            Another attempt may succeed.
        AwsError
            AWS refused the call, or the environment has no region or no credentials.
        """
        ends_at = time.monotonic() + within_invocation(budget)
        body = json.dumps(content).encode()
        try:
            return self._attempt(service, operation, body, ends_at, share=0.5)
        except AwsUnavailableError:
            if ends_at - time.monotonic() <= _PAUSE:
                raise
        # Time for an overloaded service to recover.
        time.sleep(_PAUSE)
        return self._attempt(service, operation, body, ends_at)

    def close(self) -> None:
        """Close the idle connections."""
        for connections in self._connections.values():
            connections.close()

    def _attempt(self, service: str, operation: str, body: bytes, ends_at: float, share: float = 1.0) -> dict[str, Any]:
        try:
            region = region_of(self._environment)
            url = endpoint_of(service, region, self._environment)
            connections = self._connections_to(url)
            target, version = _TARGETS[service]
            headers = {
                "content-type": f"application/x-amz-json-{version}",
                "host": url.partition("//")[2].partition("/")[0],
                "x-amz-target": f"{target}.{operation}",
            }
            credentials = self._credentials.get()
            signed = signed_headers(
                headers, body, credentials=credentials, region=region, service=service, at=self._clock()
            )
            left = (ends_at - time.monotonic()) * share
            return _content(operation, connections.call("POST", "/", signed, body, left))
        except (CredentialsError, RegionMissingError) as error:
            raise AwsError(str(error)) from None
        except ValueError:
            # Without its text and cause, which may quote a key.
            raise AwsError(
                f"{operation}: a URL or a header is invalid; correct the endpoint or the credentials"
            ) from None
        except OSError as error:
            raise AwsUnavailableError(f"{operation}: {_said(error)}") from error

    def _connections_to(self, url: str) -> Connections:
        if url not in self._connections:
            self._connections[url] = Connections(url, self._environment.get("AWS_CA_BUNDLE") or None)
        return self._connections[url]

    def _fetch(self, url: str, headers: dict[str, str]) -> bytes:
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        answer = self._connections_to(f"{scheme}://{host}").call("GET", f"/{path}", headers, None, 1.0)
        if answer.status != 200:
            raise UnreachableError(f"the credentials endpoint answered {answer.status}")
        return answer.body


def _content(operation: str, answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise AwsUnavailableError(f"{operation}: {answer.status} with a body that is not a JSON object")
    if answer.status == 200:
        return found
    # `__type` may have a namespace before "#", or a URL after ":".
    code = str(found.get("__type", "")).partition(":")[0].rpartition("#")[2]
    message = f"{operation}: {answer.status} {code if code.isidentifier() else ''}".rstrip()
    if answer.status >= 500 or answer.status == 429 or code in _THROTTLED:
        raise AwsUnavailableError(message, code)
    item = found.get("Item")
    raise AwsError(message, code, item if isinstance(item, dict) else None)


def _said(error: OSError) -> str:
    return str(error) if isinstance(error, UnreachableError) else type(error).__name__
