"""Credentials of the function's role: from the environment, or from the endpoint for containers and SnapStart."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Seconds before credentials expire when they are fetched again, as in botocore.
_REFRESHED_BEFORE = 600

_ECS_HOST = "http://169.254.170.2"  # "Amazon ECS task IAM role"
_LINK_LOCAL = frozenset({"169.254.170.2", "169.254.170.23", "fd00:ec2::23"})


class CredentialsError(SuperTokensLambdaError):
    """The credentials are missing or invalid; the message quotes none."""


class Credentials(NamedTuple):
    """An access key; `repr` shows only its id."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials({self.access_key_id})"


class CredentialsProvider:
    """The credentials of this process.

    Parameters
    ----------
    environment : mapping of str to str
        With ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, or ``AWS_CONTAINER_CREDENTIALS_FULL_URI`` (SnapStart,
        EKS) or ``_RELATIVE_URI`` (ECS). Other sources, like profiles, are read by botocore if it is installed.
    fetch : callable
        Takes a URL and headers, and returns the body of an answer 200; raises `OSError` for other answers.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        fetch: Callable[[str, dict[str, str]], bytes],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._environment = environment
        self._fetch = fetch
        self._clock = clock
        self._fetched: Credentials | None = None
        self._ends_at = 0.0

    def get(self) -> Credentials:
        """Return credentials that are valid now.

        Raises
        ------
        CredentialsError
            No credentials are configured, or the endpoint's answer is invalid.
        OSError
            The endpoint is unavailable, and earlier credentials have expired.
        """
        environment = self._environment
        key_id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
        if key_id and secret:
            return Credentials(key_id, secret, environment.get("AWS_SESSION_TOKEN"))
        url = _endpoint_of(environment)
        return _from_botocore() if url is None else self._from_endpoint(url)

    def _from_endpoint(self, url: str) -> Credentials:
        now = self._clock()
        if self._fetched is None or now >= self._ends_at - _REFRESHED_BEFORE:
            try:
                self._fetched, self._ends_at = _parsed(self._fetch(url, self._authorization()))
            except (OSError, CredentialsError):
                if self._fetched is None or now >= self._ends_at:
                    raise
        return self._fetched

    def _authorization(self) -> dict[str, str]:
        token, file = (self._environment.get(f"AWS_CONTAINER_AUTHORIZATION_TOKEN{suffix}") for suffix in ("", "_FILE"))
        if file:
            # Read each time: the file is replaced before its token expires.
            with open(file, encoding="utf-8") as content:  # noqa: PTH123 - pathlib's import alone costs more
                token = content.read()
        if not token:
            return {}
        if not token.isprintable():
            raise CredentialsError("the container's authorization token must be one line of printable characters")
        return {"authorization": token}


def _endpoint_of(environment: Mapping[str, str]) -> str | None:
    relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    if relative:
        return _ECS_HOST + relative
    url = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url:
        return None
    found = urlsplit(url)
    host = found.hostname or ""
    # Plain http is allowed only on this machine ("Container credential provider").
    is_local = host in _LINK_LOCAL or host in ("localhost", "::1") or host.startswith("127.")
    if found.scheme != "https" and not is_local:
        raise CredentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or a host of this machine")
    return url


def _parsed(answer: bytes) -> tuple[Credentials, float]:
    try:
        content: Any = json.loads(answer)
        names = ("AccessKeyId", "SecretAccessKey", "Token")
        credentials = Credentials(*(str(content.get(name) or "") for name in names))
        ends_at = _seconds(content["Expiration"]) if content.get("Expiration") else float("inf")
    except (ValueError, LookupError, TypeError, AttributeError):
        credentials, ends_at = Credentials("", ""), 0.0
    if not all(credentials[:2]):
        # No cause: its text may quote the answer.
        raise CredentialsError("expected credentials from AWS_CONTAINER_CREDENTIALS_*, got another answer")
    return credentials, ends_at


def _seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()


def _from_botocore() -> Credentials:
    try:
        from botocore.session import get_session
    except ImportError:
        found = None
    else:
        found = get_session().get_credentials()
    if found is None:
        raise CredentialsError("no AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    frozen = found.get_frozen_credentials()
    return Credentials(frozen.access_key or "", frozen.secret_key or "", frozen.token)
