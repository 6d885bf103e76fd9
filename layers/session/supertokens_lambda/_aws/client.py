"""Calls to AWS' JSON services: one `POST` each, signed, within a budget."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from supertokens_lambda._aws.credentials import CredentialsError, CredentialsProvider
from supertokens_lambda._aws.endpoint import RegionMissingError, endpoint_of, region_of
from supertokens_lambda._aws.signature import signed_headers
from supertokens_lambda._connections import Answer, Connections, UnreachableError
from supertokens_lambda._deadline import within_invocation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# By service, as endpoints name it: what `x-amz-target` begins with, and the version of the JSON protocol.
_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "secretsmanager": ("secretsmanager", "1.1"),
    "ssm": ("AmazonSSM", "1.1"),
}

# What AWS asks to try again, as botocore's standard retry mode knows it.
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


class AwsError(Exception):
    """AWS refused a call, or could not be asked; the message names the operation and AWS' code, and no content.

    Attributes
    ----------
    code : str
        AWS' name of the error, like ``ResourceNotFoundException``; empty if AWS was not reached.
    item : dict or None
        The item that a failed condition was checked on, if it was asked for.
    """

    may_be_logged = True

    def __init__(self, message: str, code: str = "", item: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code: str = code
        self.item: dict[str, Any] | None = item


class AwsUnavailableError(AwsError):
    """AWS did not answer in time, failed, or throttled the call: another attempt may succeed."""


class AwsClient:
    """The caller's identity and the connections to AWS' services.

    Parameters
    ----------
    environment : mapping of str to str
        Region, credentials and endpoints, by the variables that AWS' SDKs read.
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.time) -> None:
        self._environment = environment
        self._clock = clock
        self._credentials = CredentialsProvider(environment, self._fetch, clock)
        self._connections: dict[str, Connections] = {}

    def call(self, service: str, operation: str, content: Mapping[str, Any], budget: float) -> dict[str, Any]:
        """Call an operation; a second attempt follows a failure that may pass.

        Parameters
        ----------
        service : {"dynamodb", "secretsmanager", "ssm"}
            As endpoints name it.
        operation : str
            Like ``GetSecretValue``.
        content : mapping
            Its input, as JSON.
        budget : float
            Seconds for all of it, or what is left of the invocation if that is less.

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
            return self._attempt(service, operation, body, ends_at)
        except AwsUnavailableError:
            if ends_at - time.monotonic() <= _PAUSE:
                raise
        # A moment for what is overloaded; a connection that was closed while the instance was frozen needs none.
        time.sleep(_PAUSE)
        return self._attempt(service, operation, body, ends_at)

    def close(self) -> None:
        """Close the connections that wait for the next call."""
        for connections in self._connections.values():
            connections.close()

    def _attempt(self, service: str, operation: str, body: bytes, ends_at: float) -> dict[str, Any]:
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
            left = ends_at - time.monotonic()
            return _content(operation, connections.call("POST", "/", signed, body, left))
        except (CredentialsError, RegionMissingError) as error:
            raise AwsError(str(error)) from None
        except OSError as error:
            raise AwsUnavailableError(f"{operation}: {_said(error)}") from error

    def _connections_to(self, url: str) -> Connections:
        if url not in self._connections:
            self._connections[url] = Connections(url, self._environment.get("AWS_CA_BUNDLE") or None)
        return self._connections[url]

    def _fetch(self, url: str, headers: dict[str, str]) -> bytes:
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        answer = self._connections_to(f"{scheme}://{host}").call("GET", slash + path, headers, None, 1.0)
        if answer.status != 200:
            raise UnreachableError(f"the credentials endpoint answered {answer.status}")
        return answer.body


def _content(operation: str, answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise AwsUnavailableError(f"{operation}: {answer.status}, and a body that is not a JSON object")
    if answer.status == 200:
        return found
    # `__type` may have a namespace in front of "#", or a URL behind ":".
    code = str(found.get("__type", "")).partition(":")[0].rpartition("#")[2]
    message = f"{operation}: {answer.status} {code if code.isidentifier() else ''}".rstrip()
    if answer.status >= 500 or answer.status == 429 or code in _THROTTLED:
        raise AwsUnavailableError(message, code)
    item = found.get("Item")
    raise AwsError(message, code, item if isinstance(item, dict) else None)


def _said(error: OSError) -> str:
    return str(error) if isinstance(error, UnreachableError) else type(error).__name__
