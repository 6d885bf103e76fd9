"""The two stores, by the same tests, and what the table's own permissions are good for."""

import hashlib
import json
import os
import time
from types import SimpleNamespace
from typing import Any

import boto3
import httpx
import pytest

from supertokens_lambda import _runtime as runtime
from supertokens_lambda._event_loop import run
from supertokens_lambda._sdk.reuse_store import ReuseStore

TOKEN = "a-refresh-token+/=.V2"


@pytest.fixture
def results(kept):
    """A store, as another instance of a function that has the same table opens it."""
    opened: Any = ReuseStore(runtime.settings())
    yield opened
    if kept == "a table":
        opened._layer.client.close()


def soon(seconds=5.0):
    return time.monotonic() + seconds


def begin(results, token=TOKEN, seconds=5.0):
    return run(results.begin(token, soon(seconds)))


def test_the_first_one_begins_and_the_next_gets_its_result(results):
    assert begin(results) is None
    run(results.finish(TOKEN, "sealed"))

    assert begin(results) == "sealed"
    assert begin(results) == "sealed"


def test_another_token_has_nothing_to_do_with_it(results):
    begin(results)
    run(results.finish(TOKEN, "sealed"))

    assert begin(results, "another") is None


def test_one_that_was_given_up_is_begun_again(results):
    begin(results)
    run(results.give_up(TOKEN, ZeroDivisionError()))

    assert begin(results) is None


def test_one_whose_time_is_up_is_begun_again(results):
    begin(results, seconds=0.05)

    assert begin(results) is None


def test_one_that_ended_late_is_kept_all_the_same(results):
    begin(results, seconds=0)
    run(results.finish(TOKEN, "sealed"))

    assert begin(results) == "sealed"


@pytest.mark.parametrize("kept", ["a table"], indirect=True)
def test_the_key_is_the_tokens_hash_and_no_functions_name(results, store, monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "some-function")

    begin(results)

    (record,) = store.records()
    assert record["id"] == f"refresh#{hashlib.sha256(json.dumps(TOKEN).encode()).hexdigest()}"


@pytest.mark.parametrize("kept", ["a file"], indirect=True)
def test_what_is_over_is_not_kept_in_the_file(results, store):
    for number in range(3):
        begin(results, f"{number}")
        run(results.finish(f"{number}", "sealed"))
    store.pass_interval()

    begin(results)

    assert len(store.records()) == 1


@pytest.mark.parametrize("kept", ["a file"], indirect=True)
def test_the_file_is_for_its_user_alone(results):
    directory = results._layer._path.parent

    assert directory.stat().st_mode & 0o077 == 0
    assert directory.stat().st_uid == os.getuid()


@pytest.mark.skipif(os.getuid() != 0, reason="giving a directory to another user takes root")
def test_the_directory_of_another_user_is_not_used(toolkit, tmp_path):
    taken = tmp_path / f"supertokens-lambda-{os.getuid()}"
    taken.mkdir()
    os.chown(taken, 65534, 65534)

    with pytest.raises(PermissionError):
        ReuseStore(runtime.settings())


class TestThePermissions:
    """By the policies of the template's function, which the server for AWS goes by."""

    @pytest.fixture
    def statement(self, template):
        policies = template["Resources"]["AuthFunction"]["Properties"]["Policies"]
        ((statement,),) = [policy["Statement"] for policy in policies if "Statement" in policy]
        assert statement["Resource"] == {"Fn::GetAtt": ["RefreshTable", "Arn"]}
        return statement

    @pytest.fixture
    def allowed(self, aws, aws_uri, table, monkeypatch):
        """Have the table ask for permissions; give a way to say which there are."""
        iam = aws("iam")
        iam.create_user(UserName="function")
        key = iam.create_access_key(UserName="function")["AccessKey"]
        opened: list[Any] = []

        def allow(*actions):
            # The server does not tell one table from another.
            allowing = [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}]
            document = {"Version": "2012-10-17", "Statement": allowing}
            iam.put_user_policy(UserName="function", PolicyName="refresh", PolicyDocument=json.dumps(document))
            httpx.post(f"{aws_uri}/moto-api/reset-auth", content="0").raise_for_status()
            # The session of all clients keeps the credentials that it found first.
            monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
            opened.append(ReuseStore(runtime.settings()))
            return opened[-1]

        yield allow
        httpx.post(f"{aws_uri}/moto-api/reset-auth", content="inf").raise_for_status()
        for results in opened:
            results._layer.client.close()
        iam.delete_user_policy(UserName="function", PolicyName="refresh")
        iam.delete_access_key(UserName="function", AccessKeyId=key["AccessKeyId"])
        iam.delete_user(UserName="function")

    def all_that_is_done(self, results):
        begin(results, "refused")
        run(results.give_up("refused", ZeroDivisionError()))
        begin(results)
        run(results.finish(TOKEN, "sealed"))
        return begin(results)

    def test_are_enough(self, allowed, statement):
        assert self.all_that_is_done(allowed(*statement["Action"])) == "sealed"

    @pytest.mark.parametrize("missing", ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"])
    def test_are_all_needed(self, allowed, statement, missing):
        assert missing in statement["Action"]
        results = allowed(*{*statement["Action"]} - {missing})

        with pytest.raises(Exception, match="AccessDenied"):
            self.all_that_is_done(results)

    def test_are_no_more_than_that(self, statement):
        assert len(statement["Action"]) == 3


def test_the_template_gives_the_table_to_the_function_that_refreshes_alone(template):
    with_table = [
        name
        for name, resource in template["Resources"].items()
        if "RefreshTable" in json.dumps(resource) and name != "RefreshTable"
    ]

    assert with_table == ["AuthFunction"]


def test_the_table_forgets(template):
    table = SimpleNamespace(**template["Resources"]["RefreshTable"])

    assert (table.DeletionPolicy, table.UpdateReplacePolicy) == ("Delete", "Delete")
    assert table.Properties["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
    assert table.Properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert table.Properties["SSESpecification"] == {"SSEEnabled": True}
