"""GET /visitor and GET /api/visitor: what the authorizer said of the visitor. It needs no layer and no setting."""

import json
from typing import Any

Json = dict[str, Any]


def handler(event: Json, context: object) -> Json:
    authorizer = event["requestContext"]["authorizer"]
    # An HTTP API puts it one level deeper.
    visitor = authorizer.get("lambda", authorizer)
    body = {name: visitor[name] for name in ("userId", "recipeUserId", "tenantId", "sessionHandle")}
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(body)}
