"""The least that any verifier in Python does: a bare RS256 check by `cryptography`, and nothing around it."""

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

_PADDING, _HASH = PKCS1v15(), SHA256()


def read_key_set(key_set: bytes) -> Mapping[str, RSAPublicKey]:
    """Read a JSON Web Key Set, every key of which is RSA."""
    return {
        key["kid"]: RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
        for key in json.loads(key_set)["keys"]
    }


def answer(event: Mapping[str, Any], keys: Mapping[str, RSAPublicKey]) -> dict[str, Any]:
    """Answer an event of an HTTP API by the access token in its cookies."""
    for cookie in event.get("cookies", ()):
        name, _, token = cookie.partition("=")
        if name == "sAccessToken":
            break
    else:
        return {"statusCode": 401}
    header, payload, signature = token.split(".")
    key = keys.get(json.loads(_decoded(header))["kid"])
    if key is None:
        return {"statusCode": 401}
    try:
        key.verify(_decoded(signature), f"{header}.{payload}".encode(), _PADDING, _HASH)
    except InvalidSignature:
        return {"statusCode": 401}
    claims = json.loads(_decoded(payload))
    if claims["exp"] <= time.time():
        return {"statusCode": 401}
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": f"Hello {claims['sub']}"}


def _decoded(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "==")


def _number(segment: str) -> int:
    return int.from_bytes(_decoded(segment), "big")
