"""The table of refreshes: its place, and the key and time to live that the Idempotency utility of Powertools needs."""

from collections.abc import Iterator

from supertokens_lambda_local.doctor.deployment import TABLE, Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown
from supertokens_lambda_local.template.model import Table

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
            f"Set {TABLE} at the function that refreshes, as the sample's template.yaml does.",
        )
    for function in users:
        reference = function.of_template.references.get(TABLE) if function.of_template else None
        tables = deployment.application.tables if deployment.application else ()
        wanted = function.settings.refresh_table or ""
        table = next((each for each in tables if each.name == reference or each.table_name == wanted), None)
        if table is not None:
            yield from _of_template(table)
        elif reference:
            yield _missing(f"{reference}, which is no table")
        elif TABLE in (function.of_template.unset if function.of_template else ()):
            yield Unknown("the table of refreshes", "the cloud alone knows its name")
        else:
            yield from _of_aws(wanted)


def _of_template(table: Table) -> Iterator[Outcome]:
    if table.key is None or table.expires_by is None:
        yield Unknown(f"the table {table.name}", "the cloud alone knows its key or its time to live")
    if table.key is not None:
        yield from _shape(list(table.key))
    if table.expires_by is not None:
        yield from _time_to_live(table.expires_by, on=bool(table.expires_by))


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
        f"Make the table as the sample's template.yaml does, or correct {TABLE}.",
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
