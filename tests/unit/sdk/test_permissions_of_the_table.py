"""What the table's own permissions are good for, by the template's policies, which the server for AWS goes by."""

import json
import os
import time
from types import SimpleNamespace

import httpx
import pytest

from supertokens_lambda._aws.client import AwsClient
from supertokens_lambda._refresh.store import COMPLETED
from supertokens_lambda._refresh.table_store import TableStore

from .conftest import TABLE


@pytest.fixture
def statement(template):
    policies = template["Resources"]["RefreshSessionFunction"]["Properties"]["Policies"]
    ((statement,),) = [policy["Statement"] for policy in policies if "RefreshTable" in json.dumps(policy)]
    assert statement["Resource"] == {"Fn::GetAtt": ["RefreshTable", "Arn"]}
    return statement


@pytest.fixture
def allowed(aws, aws_uri, table):
    """Have the table ask for permissions; return a way to say which there are."""
    iam = aws("iam")
    iam.create_user(UserName="function")
    key = iam.create_access_key(UserName="function")["AccessKey"]
    credentials = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    client = AwsClient({**os.environ, **credentials})

    def allow(*actions):
        # The server does not tell one table from another.
        allowing = [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}]
        document = {"Version": "2012-10-17", "Statement": allowing}
        iam.put_user_policy(UserName="function", PolicyName="refresh", PolicyDocument=json.dumps(document))
        httpx.post(f"{aws_uri}/moto-api/reset-auth", content="0").raise_for_status()
        return TableStore(client, TABLE, 30.0)

    yield allow
    httpx.post(f"{aws_uri}/moto-api/reset-auth", content="inf").raise_for_status()
    client.close()
    iam.delete_user_policy(UserName="function", PolicyName="refresh")
    iam.delete_access_key(UserName="function", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="function")


def all_that_is_done(store):
    now = time.time()
    times = {"now": now, "expiration": int(now + 10), "in_progress_expiration": int((now + 3) * 1000)}
    store.begin("refused", **times)
    store.delete("refused")
    store.begin("key", **times)
    store.complete("key", expiration=int(now + 10), data="data")
    return store.begin("key", **times).status


def test_permissions_are_enough(allowed, statement):
    assert all_that_is_done(allowed(*statement["Action"])) == COMPLETED


@pytest.mark.parametrize("missing", ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"])
def test_permissions_are_all_needed(allowed, statement, missing):
    assert missing in statement["Action"]
    store = allowed(*{*statement["Action"]} - {missing})

    with pytest.raises(Exception, match=r"403|AccessDenied"):
        all_that_is_done(store)


def test_permissions_are_no_more_than_that(statement):
    assert len(statement["Action"]) == 3


def test_the_template_gives_the_table_to_the_function_that_refreshes_alone(template):
    with_table = [
        name
        for name, resource in template["Resources"].items()
        if "RefreshTable" in json.dumps(resource) and name != "RefreshTable"
    ]

    assert with_table == ["RefreshSessionFunction"]


def test_the_table_forgets(template):
    table = SimpleNamespace(**template["Resources"]["RefreshTable"])

    assert (table.DeletionPolicy, table.UpdateReplacePolicy) == ("Delete", "Delete")
    assert table.Properties["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
    assert table.Properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    assert table.Properties["SSESpecification"] == {"SSEEnabled": True}
