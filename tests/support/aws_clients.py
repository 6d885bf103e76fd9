"""AWS' own clients, in front of a server that speaks for AWS."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from .aws import aws_server


@pytest.fixture(scope="session")
def aws_uri() -> Iterator[str]:
    """A server that speaks for AWS."""
    with aws_server() as uri:
        yield uri


@pytest.fixture
def aws(aws_uri, monkeypatch) -> Iterator[Callable[..., Any]]:
    """Point AWS' own clients at that server; give a way to make more of them."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws_uri,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    clients: list[Any] = []

    def client(service: str, **more: Any) -> Any:
        clients.append(boto3.client(service, **more))  # type: ignore[call-overload]  # a service of the test's choice
        return clients[-1]

    yield client
    for used in clients:
        used.close()
