"""Both stores by the same tests, and the table's records by Powertools' Idempotency utility, whose form they have."""

import json
import os
import tempfile
import time
from collections.abc import Iterator

import pytest
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyItemAlreadyExistsError
from tests.support.faulty import Faulty
from tests.support.refresh_table import create_refresh_table

from supertokens_lambda._aws.client import AwsClient, AwsError
from supertokens_lambda._refresh.file_store import FileStore
from supertokens_lambda._refresh.store import COMPLETED, IN_PROGRESS, Record, Store, key_of
from supertokens_lambda._refresh.table_store import TableStore

TOKEN = "a-refresh-token+/=.V2"
KEY = key_of(TOKEN)
BUDGET = 5.0


@pytest.fixture
def table(aws) -> str:
    name = f"refreshes-{time.monotonic_ns()}"
    create_refresh_table(aws("dynamodb"), name)
    return name


@pytest.fixture
def table_store(table, aws_uri) -> Iterator[TableStore]:
    client = AwsClient({**os.environ, "AWS_ENDPOINT_URL": aws_uri})
    yield TableStore(client, table, BUDGET)
    client.close()


@pytest.fixture
def file_store(tmp_path, monkeypatch) -> FileStore:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return FileStore(BUDGET)


@pytest.fixture(params=["file_store", "table_store"])
def store(request) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def powertools(table, aws) -> DynamoDBPersistenceLayer:
    layer = DynamoDBPersistenceLayer(table, boto3_client=aws("dynamodb"))
    config = IdempotencyConfig(
        event_key_jmespath="refresh_token", expires_after_seconds=10, hash_function="sha256", use_local_cache=False
    )
    layer.configure(config, key_prefix="refresh")
    return layer


def begin(store: Store, key: str = KEY, *, now: float | None = None, interval: int = 10, seconds: float = 3.0):
    now = time.time() if now is None else now
    return store.begin(key, now=now, expiration=int(now + interval), in_progress_expiration=int((now + seconds) * 1000))


def complete(store: Store, data: str = "data") -> None:
    store.complete(KEY, expiration=int(time.time() + 10), data=data)


def test_the_first_refresh_begins_and_the_next_finds_it(store):
    assert begin(store) is None
    assert begin(store) == Record(IN_PROGRESS, None)
    complete(store)
    assert begin(store) == Record(COMPLETED, "data")
    assert begin(store, key_of("another")) is None


def test_a_refresh_that_was_given_up_is_begun_again(store):
    begin(store)
    store.delete(KEY)

    assert begin(store) is None


def test_a_refresh_whose_time_is_up_is_begun_again(store):
    now = time.time()
    begin(store, now=now, seconds=1.0)

    assert begin(store, now=now + 0.9) is not None
    assert begin(store, now=now + 1.1) is None


def test_a_result_is_over_after_the_interval(store):
    now = time.time()
    begin(store)
    complete(store)

    assert begin(store, now=now + 9) is not None
    assert begin(store, now=now + 12) is None


def test_a_result_that_comes_late_is_kept_all_the_same(store):
    begin(store, seconds=0)
    complete(store)

    assert begin(store) == Record(COMPLETED, "data")


def test_powertools_reads_the_records_of_the_table(table_store, powertools):
    begin(table_store)
    record = powertools.get_record({"refresh_token": TOKEN})
    assert (record.idempotency_key, record.status) == (KEY, IN_PROGRESS)
    assert abs(float(record.in_progress_expiry_timestamp) - (time.time() + 3) * 1000) < 60_000
    with pytest.raises(IdempotencyItemAlreadyExistsError):
        powertools.save_inprogress({"refresh_token": TOKEN}, 3000)

    complete(table_store, json.dumps({"result": "encrypted"}))
    record = powertools.get_record({"refresh_token": TOKEN})
    assert record.status == COMPLETED
    assert record.response_json_as_dict() == {"result": "encrypted"}


def test_the_table_reads_the_records_of_powertools(table_store, powertools):
    powertools.save_inprogress({"refresh_token": TOKEN}, 3000)
    assert begin(table_store) == Record(IN_PROGRESS, None)

    powertools.save_success({"refresh_token": TOKEN}, {"result": "encrypted"})
    record = begin(table_store)
    assert record is not None
    assert record.data is not None
    assert json.loads(record.data) == {"result": "encrypted"}

    powertools.delete_record({"refresh_token": TOKEN}, ValueError())
    assert begin(table_store) is None


def test_a_write_whose_answer_is_lost_is_known_as_ones_own(table, aws_uri, aws):
    with Faulty(aws_uri).running() as faulty:
        client = AwsClient({**os.environ, "AWS_ENDPOINT_URL": faulty.uri})
        store = TableStore(client, table, BUDGET)
        with faulty.losing_an_answer():
            assert begin(store) is None
        assert begin(store) == Record(IN_PROGRESS, None)
        client.close()
    (item,) = aws("dynamodb").scan(TableName=table)["Items"]
    assert item["id"] == {"S": KEY}


@pytest.mark.parametrize("status", ["NONSENSE", None])
def test_a_record_that_is_malformed_is_an_error(table_store, table, aws, status):
    item = {"id": {"S": KEY}, "expiration": {"N": "9999999999"}}
    aws("dynamodb").put_item(TableName=table, Item=item | ({"status": {"S": status}} if status else {}))

    with pytest.raises(ValueError, match="without its record"):
        begin(table_store)


def test_a_table_that_does_not_exist_is_an_error(aws, aws_uri):
    client = AwsClient({**os.environ, "AWS_ENDPOINT_URL": aws_uri})
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        begin(TableStore(client, "nothing-by-this-name", BUDGET))
    client.close()


def test_what_is_over_is_not_kept_in_the_file(file_store):
    import sqlite3

    now = time.time()
    for number in range(3):
        begin(file_store, str(number), now=now - 60)
    begin(file_store, now=now)

    with sqlite3.connect(file_store._path) as database:
        assert database.execute("select id from records").fetchall() == [(KEY,)]
    database.close()


def test_the_file_is_for_its_user_alone(file_store):
    directory = file_store._path.parent

    assert directory.stat().st_mode & 0o077 == 0
    assert directory.stat().st_uid == os.getuid()


@pytest.mark.skipif(os.getuid() != 0, reason="giving a directory to another user takes root")
def test_the_directory_of_another_user_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    taken = tmp_path / f"supertokens-lambda-{os.getuid()}"
    taken.mkdir()
    os.chown(taken, 65534, 65534)

    with pytest.raises(PermissionError, match="belongs to another user; remove it"):
        FileStore(BUDGET)
