"""Where the results of refreshes are kept for a while: Powertools' Idempotency utility, over DynamoDB or a file.

Powertools keys a record by the SHA-256 of the refresh token. Its persistence layers block, so they run in threads; its
decorators are of no use here, since they refuse a call whose first one is in progress, where this one waits for it.
"""

from __future__ import annotations

import asyncio
import time
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools.utilities.idempotency import (
    BasePersistenceLayer,
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyItemAlreadyExistsError
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import STATUS_CONSTANTS, DataRecord
from botocore.config import Config

from supertokens_lambda._sdk.local_store import LocalPersistenceLayer

if TYPE_CHECKING:
    from supertokens_lambda.settings import Settings

STORE_BUDGET = 1.0  # seconds that one question to the store may take

# A second attempt is for a connection that went away while the function's instance was frozen.
_CLIENT = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2, "mode": "standard"})
_WAITS = (0.03, 0.05, 0.1)  # seconds; most refreshes are over after one or two of them


class ReuseStore:
    """The results of refreshes by refresh token, each within the reuse interval.

    Parameters
    ----------
    settings : Settings
        With the table, or without one for a store of this machine alone.

    Raises
    ------
    BotoCoreError
        AWS' environment is not complete.
    """

    def __init__(self, settings: Settings) -> None:
        self._layer: BasePersistenceLayer = (
            DynamoDBPersistenceLayer(settings.refresh_table, boto3_client=boto3.client("dynamodb", config=_CLIENT))
            if settings.refresh_table
            else LocalPersistenceLayer(STORE_BUDGET)
        )
        config = IdempotencyConfig(
            event_key_jmespath="refresh_token",
            expires_after_seconds=settings.refresh_reuse_interval,
            hash_function="sha256",
        )
        # Without a prefix it would be the function's name, and each function have records of its own.
        self._layer.configure(config, key_prefix="refresh")

    async def begin(self, refresh_token: str, ends_at: float) -> str | None:
        """Begin a refresh, or wait for the one that has begun.

        Parameters
        ----------
        refresh_token : str
            To be refreshed.
        ends_at : float
            When this refresh is over one way or another, in seconds of `time.monotonic`.

        Returns
        -------
        str or None
            The result of an earlier refresh; None where there is none, and others wait for this one from now on, until
            its time is up.

        Raises
        ------
        Exception
            Whatever the store raises, a TimeoutError too, or what a malformed record leads to.
        """
        for wait in chain(_WAITS, repeat(_WAITS[-1])):
            try:
                async with asyncio.timeout(STORE_BUDGET):
                    milliseconds = int((ends_at - time.monotonic()) * 1000)
                    await asyncio.to_thread(self._layer.save_inprogress, _data(refresh_token), milliseconds)
            except IdempotencyItemAlreadyExistsError as error:
                found = error.old_data_record
            else:
                return None
            if found is None:
                raise ValueError("the store does not tell what it holds")
            if found.status == STATUS_CONSTANTS["COMPLETED"]:
                return _result(found)
            # To begin is also how to look again: it takes over from one that failed or is out of time.
            await asyncio.sleep(wait)
        raise AssertionError  # the waits have no end

    async def finish(self, refresh_token: str, result: str) -> None:
        """Keep the result of a refresh.

        Raises
        ------
        Exception
            As `begin`.
        """
        async with asyncio.timeout(STORE_BUDGET):
            await asyncio.to_thread(self._layer.save_success, _data(refresh_token), {"result": result})

    async def give_up(self, refresh_token: str, error: Exception) -> None:
        """Let others try: the refresh failed.

        Raises
        ------
        Exception
            As `begin`.
        """
        async with asyncio.timeout(STORE_BUDGET):
            await asyncio.to_thread(self._layer.delete_record, _data(refresh_token), error)


def _data(refresh_token: str) -> dict[str, Any]:
    return {"refresh_token": refresh_token}


def _result(record: DataRecord) -> str:
    content = record.response_json_as_dict()
    if not (isinstance(content, dict) and isinstance(content.get("result"), str)):
        raise TypeError("it is no record of a refresh")
    return str(content["result"])
