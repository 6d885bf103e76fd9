"""Sign-in and sign-up with a code that is sent by e-mail or SMS."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.java import base64_octets
from supertokens_lambda_local.core.phone_numbers import normalised_phone_number
from supertokens_lambda_local.core.recipes.passwordless_codes import used_device
from supertokens_lambda_local.core.recipes.passwordless_devices import (
    Code,
    Device,
    add_code,
    codes_of,
    devices_for,
    find_device,
    new_device,
    remove_device,
    remove_devices,
)
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.accounts import normalised_email
from supertokens_lambda_local.core.users.profile import profile
from supertokens_lambda_local.core.users.rows import PASSWORDLESS, VerifiedEmail

routes = Routes()


@routes("POST", "/recipe/signinup/code", Scope.TENANT)
def create_code(call: Call) -> Response:
    """Create a code, for a new device or a further one for a known device."""
    email, phone_number, device_id = (call.body.optional_text(name) for name in ("email", "phoneNumber", "deviceId"))
    typed = call.body.optional_text("userInputCode")
    if [email, phone_number, device_id].count(None) != 2:
        raise InputError("Please provide exactly one of email, phoneNumber or deviceId")
    if typed == "":
        raise InputError("userInputCode cannot be an empty string.")
    if device_id is None:
        device, octets = new_device(call, _contact(email, phone_number))
        return ok(**add_code(call, device, octets, typed))
    octets = base64_octets(device_id, "deviceId")
    known = find_device(call, octets)
    if known is None:
        raise StatusError("RESTART_FLOW_ERROR")
    return ok(**add_code(call, known, octets, typed))


@routes("POST", "/recipe/signinup/code/check", Scope.TENANT)
def check_code(call: Call) -> Response:
    """Check a code without spending it."""
    return ok(consumedDevice=used_device(call).summary())


@routes("POST", "/recipe/signinup/code/consume", Scope.TENANT)
def consume_code(call: Call) -> Response:
    """Remove a used code and all others of the address or number; return its user, which is created if it is new."""
    device = used_device(call)
    remove_devices(call, call.tenant_id, device.contact)
    accounts = call.app.accounts
    method = accounts.at(call.tenant_id, PASSWORDLESS, **device.contact)
    is_new = method is None
    if method is None:
        method = accounts.add(PASSWORDLESS, call.tenant_id, **device.contact)
    recipe_user_id = call.app.ids.external(method.recipe_user_id)
    if device.email is not None:
        call.app.table(VerifiedEmail).put(VerifiedEmail(recipe_user_id, device.email))
    user = accounts.user_of(method)
    call.app.activity.note(user.id)
    return ok(
        createdNewUser=is_new,
        user=profile(call.app, user, call.version),
        recipeUserId=recipe_user_id,
        consumedDevice=device.summary(),
    )


@routes("POST", "/recipe/signinup/code/remove", Scope.TENANT)
def remove_code(call: Call) -> Response:
    """Remove a code, and its device if it was the last; or a device with all codes."""
    code_id, id_hash = call.body.optional_text("codeId"), call.body.optional_text("preAuthSessionId")
    if code_id is None and id_hash is None:
        raise InputError("Please provide either 'codeId' or 'preAuthSessionId'")
    if code_id is not None and id_hash is not None:
        raise InputError("Please provide only one of 'codeId' or 'preAuthSessionId'")
    devices = call.app.table(Device)
    if code_id is not None:
        for code in call.app.table(Code).remove_where(tenant_id=call.tenant_id, code_id=code_id):
            device = devices.get(call.tenant_id, code.device_id_hash)
            if device is not None and not codes_of(call, device):
                remove_device(call, device)
    elif (device := devices.get(call.tenant_id, id_hash or "")) is not None:
        remove_device(call, device)
    return ok()


@routes("POST", "/recipe/signinup/codes/remove", Scope.TENANT)
def remove_codes(call: Call) -> Response:
    """Remove all codes of an address or number."""
    email, phone_number = call.body.optional_text("email"), call.body.optional_text("phoneNumber")
    if (email is None) == (phone_number is None):
        raise InputError("Please provide exactly one of email or phoneNumber")
    remove_devices(call, call.tenant_id, _contact(email, phone_number))
    return ok()


@routes("GET", "/recipe/signinup/codes", Scope.TENANT)
def list_codes(call: Call) -> Response:
    """List the codes of an address, a number or a device."""
    email, phone_number, device_id, id_hash = (
        call.query.optional_text(name) for name in ("email", "phoneNumber", "deviceId", "preAuthSessionId")
    )
    if [email, phone_number, device_id, id_hash].count(None) != 3:
        raise InputError("Please provide exactly one of email, phoneNumber, deviceId or preAuthSessionId")
    if device_id is not None:
        found = find_device(call, base64_octets(device_id, "deviceId"))
    else:
        found = call.app.table(Device).get(call.tenant_id, id_hash or "")
    devices = [] if found is None else [found]
    if email is not None or phone_number is not None:
        devices = devices_for(call, call.tenant_id, _contact(email, phone_number))
    return ok(devices=[{**device.summary(), "codes": codes_of(call, device)} for device in devices])


def _contact(email: str | None, phone_number: str | None) -> dict[str, str]:
    if email is not None:
        return {"email": normalised_email(email)}
    return {"phone_number": normalised_phone_number(phone_number or "")}
