"""One handler for all event sources, with help from a layer."""

import json

# Both are in the layer, where only a running function finds them.
from shared import SIGNATURE  # type: ignore[import-not-found]
from shared_python import OTHER_SIGNATURE  # type: ignore[import-not-found]


def handler(event, context):
    """Answer with what came in."""
    if event.get("path") == "/cookies":
        return {"statusCode": 200, "cookies": ["a=1"]}
    answer = {"statusCode": 200, "body": json.dumps({"event": event, "from": [SIGNATURE, OTHER_SIGNATURE]})}
    if event.get("version") != "2.0":
        answer["multiValueHeaders"] = {"Set-Cookie": ["a=1", "b=2"]}
    return answer
