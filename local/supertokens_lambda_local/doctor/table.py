"""The table of refreshes: its place, and the key and time to live that Powertools' Idempotency utility needs."""

from collections.abc import Iterator, Mapping
from typing import Any

from supertokens_lambda_local.doctor.deployment import Deployment, Function, name_of_resource
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown
from supertokens_lambda_local.template.document import Document

_TABLES = ("AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable")
_VARIABLE = "SUPERTOKENS_REFRESH_TABLE"
_KEY = [("id", "HASH")]


def check_table(deployment: Deployment) -> Iterator[Outcome]:
    """Check the table in the template, or in AWS where only its name is known."""
    interval = any(function.settings.refresh_reuse_interval for function in deployment.functions)
    users = [function for function in deployment.functions if function.settings.refresh_table]
    if deployment.functions and interval and not users:
        yield Finding(
            Code.TABLE_NOT_SET,
            "No function has a table of refreshes: two tabs that refresh at once, at two instances, end a "
            "session as stolen.",
            f"Set {_VARIABLE} at the function of SuperTokens' API, as the sample's template.yaml does.",
        )
    for function in users:
        name = name_of_resource(function.variables.get(_VARIABLE))
        resource = _resource(deployment.document, name, function)
        if resource is not None:
            yield from _of_resource(*resource)
        elif name and deployment.document and deployment.document.type_of(name) is not None:
            yield _missing(f"{name}, which is no table")
        else:
            yield from _of_aws(function.settings.refresh_table or "")


def _resource(document: Document | None, name: str | None, function: Function) -> tuple[str, Mapping[str, Any]] | None:
    """Give the table's type and properties, by its logical id or by its name."""
    if document is None:
        return None
    for table_type in _TABLES:
        for table in document.names(table_type):
            properties = document.properties(table)
            if table == name or properties.get("TableName") == function.settings.refresh_table:
                return table_type, document.resolver.value(properties)
    return None


def _of_resource(table_type: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    key = properties.get("KeySchema") or []
    if table_type == "AWS::DynamoDB::Table":
        yield from _shape([(part.get("AttributeName"), part.get("KeyType")) for part in key])
    ttl = properties.get("TimeToLiveSpecification") or {}
    yield from _time_to_live(ttl.get("AttributeName"), on=str(ttl.get("Enabled")).lower() == "true")


def _of_aws(name: str) -> Iterator[Outcome]:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=3, read_timeout=3, retries={"total_max_attempts": 1})
    try:
        client = boto3.client("dynamodb", config=config)
        table = client.describe_table(TableName=name)["Table"]
        ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        yield (
            _missing(name)
            if code == "ResourceNotFoundException"
            else Unknown("the table of refreshes", f"AWS says {code}")
        )
        return
    except BotoCoreError as error:
        yield Unknown("the table of refreshes", f"AWS is not to be asked: {type(error).__name__}")
        return
    yield from _shape([(part["AttributeName"], part["KeyType"]) for part in table["KeySchema"]])
    yield from _time_to_live(ttl.get("AttributeName"), on=ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING"))


def _missing(name: str) -> Finding:
    return Finding(
        Code.TABLE_MISSING,
        f"The table of refreshes is {name}, which does not exist: two tabs that refresh at once end a session as "
        "stolen.",
        f"Make the table as the sample's template.yaml does, or correct {_VARIABLE}.",
    )


def _shape(key: list[tuple[str, str]]) -> Iterator[Finding]:
    if key != _KEY:
        yield Finding(
            Code.TABLE_KEY,
            "The table of refreshes has another key than id: every write to it fails, and two tabs that refresh "
            "at once end "
            "a session as stolen.",
            "Make the table with the one key id, a HASH of type S.",
        )


def _time_to_live(attribute: str | None, *, on: bool) -> Iterator[Finding]:
    if not on or attribute != "expiration":
        yield Finding(
            Code.TABLE_NO_TTL,
            "The table of refreshes never forgets: each refresh leaves a record, which is paid for.",
            "Turn its time to live on, by the attribute expiration.",
        )
