"""The signature against botocore's, and against the vectors that AWS published ("Signature Version 4 test suite")."""

import datetime as dt
import os
import random
import string

import botocore.auth
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from supertokens_lambda._aws.credentials import Credentials
from supertokens_lambda._aws.signature import signed_headers

EXAMPLE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
PUBLISHED_AT = 1_440_938_160  # 2015-08-30T12:36:00Z

PUBLISHED = [
    ({}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ({"my-header1": "value1"}, b"", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    ({"my-header1": "VALUE1"}, b"", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    (
        {"content-type": "application/x-www-form-urlencoded"},
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
]


@pytest.mark.parametrize(("headers", "body", "expected"), PUBLISHED)
def test_published_vectors_are_signed_as_published(headers, body, expected):
    signed = signed_headers(
        {"host": "example.amazonaws.com", **headers},
        body,
        credentials=EXAMPLE,
        region="us-east-1",
        service="service",
        at=PUBLISHED_AT,
    )

    names = ";".join(sorted({"host", "x-amz-date", *headers}))
    assert signed["x-amz-date"] == "20150830T123600Z"
    assert signed["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={expected}"
    )


def generated(randomness: random.Random):
    """Return a request to sign, from printable text to every byte."""
    letters = string.ascii_letters + string.digits
    values = "".join(map(chr, range(0x20, 0x7F)))

    def text(alphabet: str, most: int) -> str:
        return "".join(randomness.choices(alphabet, k=randomness.randint(1, most)))

    headers = {"host": f"{text(letters, 20)}.{text(letters, 20)}.amazonaws.com"}
    for _ in range(randomness.randint(0, 6)):
        headers[f"x-{text(string.ascii_lowercase, 12)}"] = f"{text(values, 40)}  {text(values, 40)}"
    headers["content-type"] = f"application/x-amz-json-1.{randomness.randint(0, 1)}"
    body = randomness.randbytes(randomness.choice([0, 1, 100, 5000]))
    token = text(letters + "/+=", 400) if randomness.random() < 0.7 else None
    credentials = Credentials(text(letters, 20), text(letters + "/+=", 40), token)
    region, service = f"{text(letters, 4)}-{text(letters, 8)}-1", text(string.ascii_lowercase, 14)
    return headers, body, credentials, region, service, randomness.randint(0, 4_102_444_800)


def test_every_request_is_signed_as_botocore_signs_it(monkeypatch, tally):
    randomness = random.Random(int(os.environ.get("SIGNATURE_SEED", "1")))
    for _ in range(2000):
        headers, body, credentials, region, service, at = generated(randomness)
        moment = dt.datetime.fromtimestamp(at, dt.UTC)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda moment=moment: moment.replace(tzinfo=None))
        request = AWSRequest("POST", f"https://{headers['host']}/", headers=headers, data=body)
        SigV4Auth(BotocoreCredentials(*credentials), service, region).add_auth(request)

        signed = signed_headers(headers, body, credentials=credentials, region=region, service=service, at=at)

        assert signed["authorization"] == request.headers["Authorization"]
        assert signed["x-amz-date"] == request.headers["X-Amz-Date"]
        assert signed.get("x-amz-security-token") == request.headers.get("X-Amz-Security-Token")
    tally("requests signed as botocore signs them", 2000)


def test_the_secret_key_is_not_shown():
    assert "wJalr" not in repr(EXAMPLE)
    assert "wJalr" not in f"{EXAMPLE}"
