"""Signature Version 4 for requests to ``/`` (AWS IAM User Guide, "Create a signed AWS API request")."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._aws.credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"


def signed_headers(
    headers: Mapping[str, str], body: bytes, *, credentials: Credentials, region: str, service: str, at: float
) -> dict[str, str]:
    """Return the headers of ``POST /`` with the headers of its signature.

    Parameters
    ----------
    headers : mapping of str to str
        All headers to sign, names in lower case; must include ``host``.
    body : bytes
        The whole body.
    credentials : Credentials
        Credentials of the caller.
    region, service : str
        The scope of the signature, like ``eu-central-1`` and ``dynamodb``.
    at : float
        The current time, in seconds since 1970.

    Returns
    -------
    dict of str to str
        The headers, ``x-amz-date``, ``x-amz-security-token`` for temporary credentials, and ``authorization``.
    """
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    signed = {**headers, "x-amz-date": moment}
    if credentials.session_token:
        signed["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(signed))
    # Runs of blanks become one blank (step 1, "CanonicalHeaders").
    fields = "".join(f"{name}:{' '.join(signed[name].split())}\n" for name in sorted(signed))
    request = f"POST\n/\n\n{fields}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signed["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key_id}/{scope}, SignedHeaders={names}, "
        f"Signature={_hmac(key, text).hex()}"
    )
    return signed


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
