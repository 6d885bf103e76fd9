"""Time-based one-time passwords (RFC 6238), each valid once, and the limit of wrong ones (SuperTokens core, Totp)."""

import base64
import hmac
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, ClassVar
from uuid import uuid4

from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import StatusError
from supertokens_lambda_local.core.tables import Row

_DIGITS = 6
_LONGEST = 8
"""Letters of a code that is looked at."""


@dataclass(frozen=True)
class TotpDevice(Row):
    """An authenticator of a user; ``skew`` is how many periods its clock may be off."""

    KEY: ClassVar = ("user_id", "name")

    user_id: str
    name: str
    secret: str = field(repr=False)
    period: int
    skew: int
    is_verified: bool

    def summary(self) -> dict[str, Any]:
        """Return the JSON object of the device, which does not have the secret."""
        return {"name": self.name, "period": self.period, "skew": self.skew, "verified": self.is_verified}

    @property
    def window(self) -> int:
        """Milliseconds for which a code of it is valid."""
        return self.period * (2 * self.skew + 1) * 1000

    def accepts(self, code: str, now: int) -> bool:
        """Check whether a code is that of now, give or take the skew."""
        key = _octets(self.secret)
        step = now // 1000 // self.period
        return any(
            hmac.compare_digest(one_time_password(key, max(0, step + skew)).encode(), code.encode())
            for skew in range(-self.skew, self.skew + 1)
        )


@dataclass(frozen=True)
class UsedCode(Row):
    """A code that a user has given at a tenant, right or wrong."""

    KEY: ClassVar = ("id",)

    id: str
    tenant_id: str
    user_id: str
    code: str = field(repr=False)
    is_valid: bool
    created_at: int
    expiry: int


def one_time_password(key: bytes, step: int) -> str:
    """Return the code of a time step."""
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    start = digest[-1] & 0xF
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**_DIGITS:0{_DIGITS}}"


def devices_of(call: Call, user_id: str) -> list[TotpDevice]:
    """Return the devices of a user."""
    return call.app.table(TotpDevice).where(user_id=user_id)


def check_code(call: Call, user_id: str, devices: Sequence[TotpDevice], code: str) -> None:
    """Check a code, and remember it.

    Raises
    ------
    StatusError
        It is wrong or used, or too many before it were wrong.
    """
    now = call.app.config.now()
    most = call.app.setting(call.tenant_id, "totp_max_attempts")
    table = call.app.table(UsedCode)
    used = table.where(tenant_id=call.tenant_id, user_id=user_id)[::-1]
    wait = call.app.setting(call.tenant_id, "totp_rate_limit_cooldown_sec") * 1000
    failed = _failures(used[:most], wait)
    if failed >= most:
        left = used[0].created_at + wait - now
        if left > 0:
            raise StatusError("LIMIT_REACHED_ERROR", retryAfterMs=left, **_counts(failed, most))
        failed = 0
    if len(code) > _LONGEST:
        raise StatusError("INVALID_TOTP_ERROR", **_counts(failed + 1, most))
    device = next((device for device in devices if device.accepts(code, now)), None)
    is_valid = device is not None and not any(one.code == code and one.is_valid and one.expiry > now for one in used)
    window = device.window if device else max((device.window for device in devices), default=0)
    table.put(UsedCode(str(uuid4()), call.tenant_id, user_id, code, is_valid, now, now + window))
    if not is_valid:
        raise StatusError("INVALID_TOTP_ERROR", **_counts(failed + 1, most))


def _failures(used: Sequence[UsedCode], wait: int) -> int:
    """Return how many of the newest codes were wrong without a right one or a pause between them."""
    wrong = list(takewhile(lambda one: not one.is_valid, used))
    return sum(one.created_at > wrong[0].created_at - wait for one in wrong)


def _counts(failed: int, most: int) -> dict[str, int]:
    return {"currentNumberOfFailedAttempts": failed, "maxNumberOfFailedAttempts": most}


def _octets(secret: str) -> bytes:
    """Return what a secret encodes in base32, letters of no meaning being passed over."""
    text = re.sub(r"[^A-Z2-7]", "", secret.upper())
    return base64.b32decode(text[: len(text) // 8 * 8] + _padded(text[len(text) // 8 * 8 :]))


def _padded(text: str) -> str:
    # A rest of 1, 3 or 6 letters ends in half an octet, which encodes nothing.
    kept = text[: {1: 0, 3: 2, 6: 5}.get(len(text), len(text))]
    return kept + "=" * (-len(kept) % 8)
