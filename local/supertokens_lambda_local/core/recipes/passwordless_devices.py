"""Devices and codes of the recipe passwordless (SuperTokens core, Passwordless)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import StatusError
from supertokens_lambda_local.core.tables import Row

_OCTETS = 32


@dataclass(frozen=True)
class Device(Row):
    """Where somebody asked for a code, and for which address or number.

    Its id is known to that device alone; the hash of it, ``preAuthSessionId``, is part of links.
    """

    KEY: ClassVar = ("tenant_id", "id_hash")

    tenant_id: str
    id_hash: str
    email: str | None
    phone_number: str | None
    salt: str = field(repr=False)
    failed_attempts: int = 0

    @property
    def contact(self) -> dict[str, str]:
        """The address or the number."""
        contact = {"email": self.email, "phone_number": self.phone_number}
        return {name: value for name, value in contact.items() if value is not None}

    def summary(self) -> dict[str, Any]:
        """Return the JSON object of the device."""
        names = {"email": "email", "phone_number": "phoneNumber"}
        return {
            "preAuthSessionId": self.id_hash,
            "failedCodeInputAttemptCount": self.failed_attempts,
            **{names[name]: value for name, value in self.contact.items()},
        }

    def link_code(self, device_id: bytes, user_input_code: str) -> bytes:
        """Return the code of a link that stands for a code that is typed."""
        return hmac.digest(base64.b64decode(self.salt), device_id + user_input_code.encode(), "sha256")


@dataclass(frozen=True)
class Code(Row):
    """A code of a device, by the hash of its link code."""

    KEY: ClassVar = ("tenant_id", "link_code_hash")

    tenant_id: str
    link_code_hash: str = field(repr=False)
    code_id: str
    device_id_hash: str
    created_at: int


def new_device(call: Call, contact: Mapping[str, str]) -> tuple[Device, bytes]:
    """Create a device for an address or number, and return it with its id."""
    device_id = secrets.token_bytes(_OCTETS)
    salt = base64.b64encode(secrets.token_bytes(_OCTETS)).decode()
    device = Device(call.tenant_id, octets_hash(device_id), contact.get("email"), contact.get("phone_number"), salt)
    call.app.table(Device).put(device)
    return device, device_id


def find_device(call: Call, device_id: bytes) -> Device | None:
    """Return the device of an id."""
    return call.app.table(Device).get(call.tenant_id, octets_hash(device_id))


def add_code(call: Call, device: Device, device_id: bytes, user_input_code: str | None) -> dict[str, Any]:
    """Add a code to a device, and return the JSON object of it.

    Raises
    ------
    StatusError
        The device has that code already.
    """
    table = call.app.table(Code)
    given = user_input_code
    while True:
        typed = f"{secrets.randbelow(10**6):06}" if given is None else given
        link_code = device.link_code(device_id, typed)
        if table.get(call.tenant_id, octets_hash(link_code)) is None:
            break
        if given is not None:
            raise StatusError("USER_INPUT_CODE_ALREADY_USED_ERROR")
    code = Code(call.tenant_id, octets_hash(link_code), str(uuid4()), device.id_hash, call.app.config.now())
    table.put(code)
    return {
        "preAuthSessionId": device.id_hash,
        "codeId": code.code_id,
        "deviceId": base64.b64encode(device_id).decode(),
        "userInputCode": typed,
        "linkCode": _base64url(link_code),
        "timeCreated": code.created_at,
        "codeLifetime": code_lifetime(call),
    }


def codes_of(call: Call, device: Device) -> list[dict[str, Any]]:
    """Return the JSON objects of all codes of a device, expired ones included."""
    codes = call.app.table(Code).where(tenant_id=call.tenant_id, device_id_hash=device.id_hash)
    lifetime = code_lifetime(call)
    return [{"codeId": code.code_id, "timeCreated": code.created_at, "codeLifetime": lifetime} for code in codes]


def remove_device(call: Call, device: Device) -> None:
    """Remove a device and its codes."""
    call.app.table(Device).remove(*device.key())
    call.app.table(Code).remove_where(tenant_id=device.tenant_id, device_id_hash=device.id_hash)


def devices_for(call: Call, tenant_id: str, contact: Mapping[str, str]) -> list[Device]:
    """Return the devices that asked for codes for an address or number."""
    return call.app.table(Device).where(tenant_id=tenant_id, **contact)


def remove_devices(call: Call, tenant_id: str, contact: Mapping[str, str]) -> None:
    """Remove the devices that asked for codes for an address or number."""
    for device in devices_for(call, tenant_id, contact):
        remove_device(call, device)


def code_lifetime(call: Call) -> int:
    """Return the milliseconds for which a code is valid."""
    lifetime: int = call.app.setting(call.tenant_id, "passwordless_code_lifetime")
    return lifetime


def octets_hash(octets: bytes) -> str:
    """Return the SHA-256 that stands for a device's id or a link code."""
    return _base64url(hashlib.sha256(octets).digest())


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
