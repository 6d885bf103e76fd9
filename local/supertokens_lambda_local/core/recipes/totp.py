"""TOTP devices: created, verified, renamed and removed."""

import base64
import secrets
from dataclasses import replace
from itertools import count

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.recipes.totp_codes import TotpDevice, UsedCode, check_code, devices_of
from supertokens_lambda_local.core.routes import Routes, Scope

routes = Routes()

_PAID = "MFA feature is not enabled. Please subscribe to a SuperTokens core license key to enable this feature."
_SECRET_OCTETS = 20


@routes("POST", "/recipe/totp/device", Scope.APP)
def create_device(call: Call) -> Response:
    """Create a device, in place of one of that name which is not verified."""
    secret = base64.b32encode(secrets.token_bytes(_SECRET_OCTETS)).decode()
    device = _new_device(call, secret, is_verified=False)
    return ok(deviceName=device.name, secret=secret)


@routes("POST", "/recipe/totp/device/import", Scope.APP)
def import_device(call: Call) -> Response:
    """Create a verified device with a secret from elsewhere."""
    device = _new_device(call, _filled(call, "secretKey"), is_verified=True)
    return ok(deviceName=device.name)


@routes("PUT", "/recipe/totp/device", Scope.APP)
def rename_device(call: Call) -> Response:
    """Rename a device."""
    user_id, old, new = _user_id(call), _filled(call, "existingDeviceName"), _filled(call, "newDeviceName")
    table = call.app.table(TotpDevice)
    device = table.get(user_id, old)
    if device is None:
        raise StatusError("UNKNOWN_DEVICE_ERROR")
    if new != old and table.get(user_id, new) is not None:
        raise StatusError("DEVICE_ALREADY_EXISTS_ERROR")
    table.remove(user_id, old)
    table.put(replace(device, name=new))
    return ok()


@routes("GET", "/recipe/totp/device/list", Scope.APP)
def list_devices(call: Call) -> Response:
    """List the devices of a user."""
    user_id = call.query.text("userId")
    if not user_id:
        raise InputError("userId cannot be empty")
    devices = sorted(devices_of(call, call.app.ids.internal(user_id)), key=lambda device: device.name)
    return ok(devices=[device.summary() for device in devices])


@routes("POST", "/recipe/totp/device/remove", Scope.APP)
def remove_device(call: Call) -> Response:
    """Remove a device and, with the last one, what is known of the user's codes."""
    user_id, name = _user_id(call), _filled(call, "deviceName")
    device = call.app.table(TotpDevice).remove(user_id, name)
    if device is not None and not devices_of(call, user_id):
        call.app.table(UsedCode).remove_where(user_id=user_id)
    return ok(didDeviceExist=device is not None)


@routes("POST", "/recipe/totp/device/status/bulk", Scope.APP)
def list_statuses(call: Call) -> Response:
    """Return whether users have a verified device, null for one who has none at all."""
    statuses = []
    for user_id in call.body.texts("userIds"):
        devices = devices_of(call, call.app.ids.internal(user_id))
        has_verified = any(device.is_verified for device in devices) if devices else None
        statuses.append({"userId": user_id, "hasVerifiedDevice": has_verified})
    return ok(users=statuses)


@routes("POST", "/recipe/totp/device/verify", Scope.TENANT)
def verify_device(call: Call) -> Response:
    """Verify a device by a code; a verified one needs none."""
    user_id, name, code = _user_id(call), _filled(call, "deviceName"), call.body.text("totp")
    device = call.app.table(TotpDevice).get(user_id, name)
    if device is None:
        raise StatusError("UNKNOWN_DEVICE_ERROR")
    if not device.is_verified:
        check_code(call, user_id, [device], code)
        call.app.table(TotpDevice).put(replace(device, is_verified=True))
    return ok(wasAlreadyVerified=device.is_verified)


@routes("POST", "/recipe/totp/verify", Scope.TENANT)
def verify_code(call: Call) -> Response:
    """Check a code of any verified device."""
    user_id, code = _user_id(call), call.body.text("totp")
    call.require_paid_feature(_PAID)
    devices = devices_of(call, user_id)
    if not devices:
        raise StatusError("UNKNOWN_USER_ID_ERROR")
    check_code(call, user_id, [device for device in devices if device.is_verified], code)
    return ok()


def _new_device(call: Call, secret: str, *, is_verified: bool) -> TotpDevice:
    user_id = _user_id(call)
    name = _filled(call, "deviceName") if "deviceName" in call.body else None
    skew, period = call.body.integer("skew"), call.body.integer("period")
    if skew < 0:
        raise InputError("skew must be >= 0")
    if period < 1:
        raise InputError("period must be > 0")
    call.require_paid_feature(_PAID)
    table = call.app.table(TotpDevice)
    if name is None:
        verified = {device.name for device in devices_of(call, user_id) if device.is_verified}
        name = next(one for n in count(len(verified)) if (one := f"TOTP Device {n}") not in verified)
    existing = table.get(user_id, name)
    if existing is not None and existing.is_verified:
        raise StatusError("DEVICE_ALREADY_EXISTS_ERROR")
    device = TotpDevice(user_id, name, secret, period, skew, is_verified)
    table.put(device)
    return device


def _user_id(call: Call) -> str:
    return call.app.ids.internal(_filled(call, "userId"))


def _filled(call: Call, name: str) -> str:
    text = call.body.text(name)
    if not text:
        raise InputError(f"{name} cannot be empty")
    return text
