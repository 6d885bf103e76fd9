"""The table of refreshes, of the shape that the sample's template gives it."""

from pathlib import Path
from typing import Any

from supertokens_lambda_local.template.syntax import load

_TEMPLATE = Path(__file__).parents[2] / "template.yaml"
# The other properties have other names for DynamoDB than for CloudFormation.
_SHARED = ("BillingMode", "AttributeDefinitions", "KeySchema")


def create_refresh_table(client: Any, name: str) -> None:
    """Create the table with a client of DynamoDB."""
    properties = load(_TEMPLATE.read_text())["Resources"]["RefreshTable"]["Properties"]
    client.create_table(TableName=name, **{shared: properties[shared] for shared in _SHARED})
    client.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
