"""Codes of the recipe passwordless: checked, and counted if they are wrong."""

from dataclasses import replace

from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.java import base64_octets
from supertokens_lambda_local.core.recipes.passwordless_devices import (
    Code,
    Device,
    code_lifetime,
    find_device,
    octets_hash,
    remove_device,
)


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
    return call.app.table(Code).get(call.tenant_id, octets_hash(link_code))


def _is_expired(call: Call, code: Code) -> bool:
    return code.created_at < call.app.config.now() - code_lifetime(call)
