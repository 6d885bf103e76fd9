"""The AWS SDK's clients, kept between invocations."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from supertokens_lambda._budgets import Budgets
from supertokens_lambda._delivery.errors import DeliveryError, DeliveryUnavailableError
from supertokens_lambda._delivery.refusals import refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda._delivery.refusals import Refusal


@cache
def client(service: str) -> Any:
    """Return the client of a service, for the region and the endpoint of the environment."""
    import boto3
    from botocore.config import Config

    for name in ("botocore", "urllib3"):
        # At DEBUG they log requests as they are sent: the address, and the link or code.
        logging.getLogger(name).setLevel(logging.WARNING)
    # Nothing is sent a second time: AWS may have taken what it did not answer.
    config = Config(
        connect_timeout=Budgets.delivery,
        read_timeout=Budgets.delivery,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    return boto3.Session().client(service, config=config)  # type: ignore[call-overload]  # by the service's name


@contextmanager
def explained(refusals: tuple[Refusal, ...], what: str) -> Iterator[None]:
    """Raise the errors of the AWS SDK as errors of the toolkit, whose messages quote nothing that was sent.

    Parameters
    ----------
    refusals : tuple of Refusal
        Those of the service.
    what : str
        What is sent, and by which service.
    """
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        raise refusal_of(error.response, refusals, what) from None
    except exceptions.ParamValidationError:
        raise DeliveryError(f"could not send {what}: a value is malformed; check what get_content returns") from None
    except (exceptions.NoCredentialsError, exceptions.NoRegionError) as error:
        kind = type(error).__name__
        raise DeliveryError(f"could not send {what} ({kind}); give the function a region and credentials") from None
    except exceptions.BotoCoreError as error:
        kind = type(error).__name__
        raise DeliveryUnavailableError(
            f"could not send {what} ({kind}); check that the function reaches the service's endpoint"
        ) from None
