"""Handlers that do what handlers may do, and what they should not."""

import base64
import json
import logging
import os
import sys
import time
from pathlib import Path

LOGGER = logging.getLogger("app")


def echo(event, context):
    """Answer with what came in."""
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}


def inside(event, context):
    """Answer with what a function can see of its surroundings."""
    return {
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "path": sys.path,
        "context": {name: value for name, value in vars(context).items() if not name.startswith("_")},
        "remaining": context.get_remaining_time_in_millis(),
        "process": os.getpid(),
    }


def faults(event, context):
    """Go wrong in the way that the path says."""
    kind = event["pathParameters"]["kind"]
    if kind == "raise":
        LOGGER.info("about to fail")
        raise ValueError("no such thing")
    if kind == "exit":
        sys.exit(3)
    if kind == "die":
        os._exit(3)
    if kind == "sleep":
        time.sleep(30)
    if kind == "unserialisable":
        return {"statusCode": 200, "body": object()}
    if kind == "large":
        return "x" * 6_291_557
    return {"statusCode": "many"}


def answers(event, context):
    """Answer in the way that the path says."""
    kind = event["pathParameters"]["kind"]
    if kind == "cookies":
        return {"statusCode": 204, "cookies": ["a=1; Path=/", "b=2; HttpOnly"]}
    if kind == "binary":
        body = base64.b64encode(bytes(range(256))).decode()
        return {"statusCode": 200, "headers": {"content-type": "image/png"}, "body": body, "isBase64Encoded": True}
    if kind == "redirect":
        return {"statusCode": 302, "headers": {"location": "/elsewhere?a=%20"}}
    if kind == "verdict":
        sys.stdout.write("a secret: \x1b[31m\n")
        verdict = {"verdict": "try-refresh", "reason": "token-expired"}
        logging.getLogger("supertokens_lambda").info("try-refresh: token-expired", extra=verdict)
        return {"statusCode": 302, "headers": {"location": "/refresh-session"}}
    return "plain text"
