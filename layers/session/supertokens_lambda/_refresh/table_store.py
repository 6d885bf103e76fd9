"""Records of refreshes in a DynamoDB table, by the conditions of `DynamoDBPersistenceLayer` in Powertools."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from supertokens_lambda._aws.client import AwsError
from supertokens_lambda._refresh.store import COMPLETED, IN_PROGRESS, Record

if TYPE_CHECKING:
    from supertokens_lambda._aws.client import AwsClient

_MAY_BEGIN = (
    "attribute_not_exists(#id) OR #expiry < :now OR (#status = :inprogress "
    "AND attribute_exists(#in_progress_expiry) AND #in_progress_expiry < :now_in_millis)"
)
_NAMES = {"#id": "id", "#expiry": "expiration", "#in_progress_expiry": "in_progress_expiration", "#status": "status"}
_COMPLETE = "SET #response_data = :response_data, #expiry = :expiry, #status = :status"


class TableStore:
    """Records in a table that all instances share.

    Parameters
    ----------
    client : AwsClient
        Calls DynamoDB.
    table : str
        Name or ARN.
    budget : float
        Seconds that a call may take.
    """

    def __init__(self, client: AwsClient, table: str, budget: float) -> None:
        self._client = client
        self._table = table
        self._budget = budget

    def begin(self, key: str, *, now: float, expiration: int, in_progress_expiration: int) -> Record | None:
        """Write a record that is in progress; see `Store`.

        Raises
        ------
        AwsError
            DynamoDB refused or did not answer.
        ValueError
            The valid record is malformed.
        """
        # An addition to the records of Powertools: after a write whose answer was lost, it shows who wrote the record.
        owner = os.urandom(8).hex()
        item = {
            "id": {"S": key},
            "expiration": {"N": str(expiration)},
            "in_progress_expiration": {"N": str(in_progress_expiration)},
            "status": {"S": IN_PROGRESS},
            "owner": {"S": owner},
        }
        values = {
            ":now": {"N": str(int(now))},
            ":now_in_millis": {"N": str(int(now * 1000))},
            ":inprogress": {"S": IN_PROGRESS},
        }
        try:
            self._call(
                "PutItem",
                Item=item,
                ConditionExpression=_MAY_BEGIN,
                ExpressionAttributeNames=_NAMES,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            found = error.item
        else:
            return None
        record = Record(_value(found, "status", "S") or "", _value(found, "data", "S"))
        if record.status not in (IN_PROGRESS, COMPLETED) or _value(found, "expiration", "N") is None:
            raise ValueError("the table reported a duplicate without its record")
        is_own = record.status == IN_PROGRESS and _value(found, "owner", "S") == owner
        return None if is_own else record

    def complete(self, key: str, *, expiration: int, data: str) -> None:
        """Write the result of a refresh.

        Raises
        ------
        AwsError
            DynamoDB refused or did not answer.
        """
        self._call(
            "UpdateItem",
            Key={"id": {"S": key}},
            UpdateExpression=_COMPLETE,
            ExpressionAttributeNames={"#response_data": "data", "#expiry": "expiration", "#status": "status"},
            ExpressionAttributeValues={
                ":expiry": {"N": str(expiration)},
                ":response_data": {"S": data},
                ":status": {"S": COMPLETED},
            },
        )

    def delete(self, key: str) -> None:
        """Delete the record of a refresh that failed.

        Raises
        ------
        AwsError
            DynamoDB refused or did not answer.
        """
        self._call("DeleteItem", Key={"id": {"S": key}})

    def _call(self, operation: str, **content: Any) -> None:
        self._client.call("dynamodb", operation, {"TableName": self._table, **content}, self._budget)


def _value(item: dict[str, Any] | None, name: str, kind: str) -> str | None:
    value = (item or {}).get(name)
    text = value.get(kind) if isinstance(value, dict) else None
    return text if isinstance(text, str) else None
