"""The client against moto's server, and against one that fails."""

import logging
import time
import traceback
from collections.abc import Iterator

import pytest
from tests.support.counting_server import CountingServer, served
from tests.support.faulty import Faulty
from tests.support.refresh_table import create_refresh_table

from supertokens_lambda._aws.client import AwsClient, AwsError, AwsUnavailableError
from supertokens_lambda._aws.secrets import SecretFormatError, SecretValue

ENVIRONMENT = {
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIDTESTING",
    "AWS_SECRET_ACCESS_KEY": "the-secret-access-key-of-the-tests",
    "AWS_SESSION_TOKEN": "the-session-token-of-the-tests",
}
SECRETS = [ENVIRONMENT["AWS_SECRET_ACCESS_KEY"], ENVIRONMENT["AWS_SESSION_TOKEN"]]
BUDGET = 20.0
# Until an answer that never ends is given up.
SHORT = 1.0


@pytest.fixture(scope="module")
def faulty(aws_uri) -> Iterator[Faulty]:
    with Faulty(aws_uri).running() as faulty:
        yield faulty


@pytest.fixture
def client(aws_uri) -> Iterator[AwsClient]:
    client = AwsClient(ENVIRONMENT | {"AWS_ENDPOINT_URL": aws_uri})
    yield client
    client.close()


@pytest.fixture
def failing(faulty) -> Iterator[AwsClient]:
    client = AwsClient(ENVIRONMENT | {"AWS_ENDPOINT_URL": faulty.uri})
    yield client
    client.close()


@pytest.fixture
def table(aws) -> str:
    name = f"refreshes-{time.monotonic_ns()}"
    create_refresh_table(aws("dynamodb"), name)
    return name


@pytest.fixture
def secret(aws) -> str:
    name = f"core/api-key-{time.monotonic_ns()}"
    aws("secretsmanager").create_secret(Name=name, SecretString="ünïcode-key")
    return name


def put(client: AwsClient, table: str, **more: object) -> dict[str, object]:
    item = {"TableName": table, "Item": {"id": {"S": "a"}, "n": {"N": "1"}}}
    return client.call("dynamodb", "PutItem", item | more, BUDGET)


def test_items_are_written_changed_and_deleted(client, table, aws):
    put(client, table)
    client.call(
        "dynamodb",
        "UpdateItem",
        {
            "TableName": table,
            "Key": {"id": {"S": "a"}},
            "UpdateExpression": "SET n = :n",
            "ExpressionAttributeValues": {":n": {"N": "2"}},
        },
        BUDGET,
    )
    assert aws("dynamodb").scan(TableName=table)["Items"] == [{"id": {"S": "a"}, "n": {"N": "2"}}]

    client.call("dynamodb", "DeleteItem", {"TableName": table, "Key": {"id": {"S": "a"}}}, BUDGET)
    assert not aws("dynamodb").scan(TableName=table)["Items"]


def test_a_failed_condition_comes_with_the_item_it_was_checked_on(client, table):
    put(client, table)

    with pytest.raises(AwsError) as raised:
        put(
            client,
            table,
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    assert raised.value.code == "ConditionalCheckFailedException"
    assert raised.value.item == {"id": {"S": "a"}, "n": {"N": "1"}}
    assert not isinstance(raised.value, AwsUnavailableError)


def test_secrets_and_parameters_are_read(client, aws, secret):
    aws("ssm").put_parameter(Name="/core/api-key", Value="of-a-parameter", Type="SecureString", Overwrite=True)
    aws("secretsmanager").create_secret(Name=f"{secret}-binary", SecretBinary=b"of-bytes")

    assert SecretValue(client, secret, is_parameter=False).get(BUDGET) == "ünïcode-key"
    assert SecretValue(client, f"{secret}-binary", is_parameter=False).get(BUDGET) == "of-bytes"
    assert SecretValue(client, "/core/api-key", is_parameter=True).get(BUDGET) == "of-a-parameter"


def test_a_secret_of_other_bytes_than_text_is_refused(client, aws, secret):
    aws("secretsmanager").create_secret(Name=f"{secret}-bytes", SecretBinary=b"\xff\x00")

    with pytest.raises(SecretFormatError, match="is not UTF-8 text; store it as a string") as raised:
        SecretValue(client, f"{secret}-bytes", is_parameter=False).get(BUDGET)
    assert raised.value.__cause__ is None


def test_what_does_not_exist_is_told_by_awss_own_code(client):
    with pytest.raises(AwsError, match=r"^GetSecretValue: 4\d\d ResourceNotFoundException$") as raised:
        SecretValue(client, "nothing-by-this-name", is_parameter=False).get(BUDGET)
    assert raised.value.code == "ResourceNotFoundException"

    with pytest.raises(AwsError, match=r"^GetParameter: 4\d\d ParameterNotFound$"):
        SecretValue(client, "nothing-by-this-name", is_parameter=True).get(BUDGET)


def test_a_secret_is_kept_and_an_old_one_serves_while_aws_is_unavailable(failing, faulty, aws, secret):
    now = 0.0
    value = SecretValue(failing, secret, is_parameter=False, clock=lambda: now)
    with faulty.that("503"), pytest.raises(AwsUnavailableError):
        value.get(BUDGET)
    assert value.get(BUDGET) == "ünïcode-key"

    aws("secretsmanager").put_secret_value(SecretId=secret, SecretString="the next one")
    assert value.get(BUDGET) == "ünïcode-key"
    now = 301.0
    with faulty.that("503"):
        assert value.get(BUDGET) == "ünïcode-key"
    now += 11
    assert value.get(BUDGET) == "the next one"


@pytest.mark.parametrize("fault", Faulty.FAULTS)
def test_a_fault_is_an_error_within_the_budget(failing, faulty, secret, fault, tally):
    asked = {"SecretId": secret}
    budget = SHORT if fault in Faulty.ENDLESS else BUDGET
    started = time.monotonic()
    # An empty object is an output: it is for the caller to miss what should be in it.
    with faulty.that(fault):
        if fault == "an empty object":
            assert failing.call("secretsmanager", "GetSecretValue", asked, budget) == {}
            with pytest.raises(AwsUnavailableError, match="without the value"):
                SecretValue(failing, secret, is_parameter=False).get(budget)
        else:
            with pytest.raises(AwsUnavailableError, match="GetSecretValue"):
                failing.call("secretsmanager", "GetSecretValue", asked, budget)
            assert faulty.met == 2
    assert time.monotonic() - started < BUDGET
    assert failing.call("secretsmanager", "GetSecretValue", asked, BUDGET)["SecretString"] == "ünïcode-key"
    tally("faults of AWS tried on the small client")


def test_the_second_attempt_may_succeed(failing, faulty, secret, monkeypatch):
    # The pause between the attempts is when the fault ends.
    monkeypatch.setattr(time, "sleep", lambda _seconds: setattr(faulty, "_fault", None))

    with faulty.that("throttling, as AWS tells it"):
        found = failing.call("secretsmanager", "GetSecretValue", {"SecretId": secret}, BUDGET)

    assert found["SecretString"] == "ünïcode-key"


def test_a_call_without_region_or_credentials_says_what_is_missing(tmp_path, monkeypatch):
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(AwsError, match="AWS_REGION is missing"):
        AwsClient({}).call("ssm", "GetParameter", {}, BUDGET)
    with pytest.raises(AwsError, match="no AWS credentials; set AWS_ACCESS_KEY_ID"):
        AwsClient({"AWS_REGION": "eu-central-1"}).call("ssm", "GetParameter", {}, BUDGET)


@pytest.mark.parametrize(
    "wrong",
    [
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:eighty"},
        {"AWS_ENDPOINT_URL": "http://[127.0.0.1"},
        {"AWS_SESSION_TOKEN": ENVIRONMENT["AWS_SESSION_TOKEN"] + "\n"},
        {"AWS_SESSION_TOKEN": ENVIRONMENT["AWS_SESSION_TOKEN"] + "é"},
    ],
)
def test_what_cannot_be_sent_is_an_error_that_quotes_nothing(aws_uri, wrong):
    client = AwsClient(ENVIRONMENT | {"AWS_ENDPOINT_URL": aws_uri} | wrong)
    with pytest.raises(AwsError, match="GetParameter: a URL or a header is invalid; correct the endpoint") as raised:
        client.call("ssm", "GetParameter", {}, BUDGET)
    assert not isinstance(raised.value, AwsUnavailableError)
    told = "".join(traceback.format_exception(raised.value))
    assert not [value for value in (*wrong.values(), *SECRETS) if value and value in told]


def test_the_url_of_the_container_credentials_may_lack_a_path():
    with served(server := CountingServer()):
        environment = {"AWS_REGION": "eu-central-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.uri}
        client = AwsClient(environment)
        # The server answers, but with the path.
        with pytest.raises(AwsError, match="expected credentials"):
            client.call("ssm", "GetParameter", {}, BUDGET)
        client.close()


def test_the_region_may_be_in_a_profile(aws, aws_uri, tmp_path, monkeypatch):
    aws("ssm", region_name="eu-west-3").put_parameter(Name="/in-paris", Value="found", Type="String")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    file = tmp_path / "config"
    file.write_text("[default]\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "AWS_REGION"}

    client = AwsClient(environment | {"AWS_ENDPOINT_URL": aws_uri})

    assert SecretValue(client, "/in-paris", is_parameter=True).get(BUDGET) == "found"
    client.close()


def test_no_secret_is_in_an_error_or_a_repr(failing, faulty, secret, caplog):
    caplog.set_level(logging.DEBUG)
    told = []
    for fault in ("401", "garbage", "resets"):
        with faulty.that(fault), pytest.raises(AwsError) as raised:
            failing.call("secretsmanager", "GetSecretValue", {"SecretId": secret}, BUDGET)
        error: BaseException | None = raised.value
        while error is not None:
            told.append(repr(error))
            error = error.__cause__ or error.__context__
    told += [repr(SecretValue(failing, secret, is_parameter=False)), repr(failing), caplog.text]

    assert not [known for known in SECRETS if any(known in text for text in told)]
