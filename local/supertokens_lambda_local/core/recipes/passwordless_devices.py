"""Devices and codes of the recipe passwordless (SuperTokens core, Passwordless)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from uuid import uuid4

from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.database import Row
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.java import base64_octets

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
    device = Device(call.tenant_id, _hash(device_id), contact.get("email"), contact.get("phone_number"), salt)
    call.app.table(Device).put(device)
    return device, device_id


def find_device(call: Call, device_id: bytes) -> Device | None:
    """Return the device of an id."""
    return call.app.table(Device).get(call.tenant_id, _hash(device_id))


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
        if table.get(call.tenant_id, _hash(link_code)) is None:
            break
        if given is not None:
            raise StatusError("USER_INPUT_CODE_ALREADY_USED_ERROR")
    code = Code(call.tenant_id, _hash(link_code), str(uuid4()), device.id_hash, call.app.config.now())
    table.put(code)
    return {
        "preAuthSessionId": device.id_hash,
        "codeId": code.code_id,
        "deviceId": base64.b64encode(device_id).decode(),
        "userInputCode": typed,
        "linkCode": _base64url(link_code),
        "timeCreated": code.created_at,
        "codeLifetime": _lifetime(call),
    }


def codes_of(call: Call, device: Device) -> list[dict[str, Any]]:
    """Return the JSON objects of all codes of a device, expired ones included."""
    codes = call.app.table(Code).where(tenant_id=call.tenant_id, device_id_hash=device.id_hash)
    lifetime = _lifetime(call)
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


def used_device(call: Call) -> Device:
    """Return the device whose code a call gives, and count a code that is wrong or expired.

    Raises
    ------
    InputError
        The call gives no code, or one of another device.
    StatusError
        The code or the device is unknown or expired.
    """
    pre_auth_session_id = call.body.text("preAuthSessionId")
    link_code = call.body.optional_text("linkCode")
    device_id = call.body.optional_text("deviceId")
    user_input_code = call.body.optional_text("userInputCode")
    if link_code is not None and device_id is None and user_input_code is None:
        return _device_of_link(call, base64_octets(link_code, "linkCode", url_safe=True), pre_auth_session_id)
    if link_code is None and device_id is not None and user_input_code is not None:
        octets = base64_octets(device_id, "deviceId")
        return _device_of_typed_code(call, octets, user_input_code, pre_auth_session_id)
    raise InputError("Please provide exactly one of linkCode or deviceId+userInputCode")


def _device_of_link(call: Call, link_code: bytes, pre_auth_session_id: str) -> Device:
    code = _find_code(call, link_code)
    if code is None or _is_expired(call, code):
        raise StatusError("RESTART_FLOW_ERROR")
    device = call.app.table(Device).get(call.tenant_id, code.device_id_hash)
    return _checked(device, pre_auth_session_id)


def _device_of_typed_code(call: Call, device_id: bytes, typed: str, pre_auth_session_id: str) -> Device:
    device = find_device(call, device_id)
    most = call.app.setting(call.tenant_id, "passwordless_max_code_input_attempts")
    if device is not None and device.failed_attempts >= most:
        remove_device(call, device)
        device = None
    device = _checked(device, pre_auth_session_id)
    code = _find_code(call, device.link_code(device_id, typed))
    if code is not None and not _is_expired(call, code):
        return device
    failed = replace(device, failed_attempts=device.failed_attempts + 1)
    if failed.failed_attempts >= most:
        remove_device(call, device)
        raise StatusError("RESTART_FLOW_ERROR")
    call.app.table(Device).put(failed)
    raise StatusError(
        "INCORRECT_USER_INPUT_CODE_ERROR" if code is None else "EXPIRED_USER_INPUT_CODE_ERROR",
        failedCodeInputAttemptCount=failed.failed_attempts,
        maximumCodeInputAttempts=most,
    )


def _checked(device: Device | None, pre_auth_session_id: str) -> Device:
    if device is None:
        raise StatusError("RESTART_FLOW_ERROR")
    if device.id_hash != pre_auth_session_id:
        raise InputError("preAuthSessionId and deviceId doesn't match")
    return device


def _find_code(call: Call, link_code: bytes) -> Code | None:
    return call.app.table(Code).get(call.tenant_id, _hash(link_code))


def _is_expired(call: Call, code: Code) -> bool:
    return code.created_at < call.app.config.now() - _lifetime(call)


def _lifetime(call: Call) -> int:
    lifetime: int = call.app.setting(call.tenant_id, "passwordless_code_lifetime")
    return lifetime


def _hash(octets: bytes) -> str:
    return _base64url(hashlib.sha256(octets).digest())


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
