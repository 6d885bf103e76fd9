"""All routes of the WebSocket API: who connected is known with each message, and nobody else can."""

from typing import Any

Json = dict[str, Any]


def handler(event: Json, context: object) -> Json:
    visitor = event["requestContext"]["authorizer"]
    is_message = event["requestContext"]["eventType"] == "MESSAGE"
    return {"statusCode": 200, "body": f"Hello {visitor['userId']}" if is_message else ""}
