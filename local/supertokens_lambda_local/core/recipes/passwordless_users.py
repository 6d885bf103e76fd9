"""Users of the recipe passwordless, changed and read."""

from collections.abc import Mapping

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.phone_numbers import normalised_phone_number
from supertokens_lambda_local.core.recipes.passwordless_devices import remove_devices
from supertokens_lambda_local.core.users.accounts import normalised_email
from supertokens_lambda_local.core.users.changes import check_email_change, check_phone_number_change
from supertokens_lambda_local.core.users.profile import profile
from supertokens_lambda_local.core.users.rows import PASSWORDLESS, LoginMethod


def update_user(call: Call) -> Response:
    """Change or, with null, clear the address or the number; one of them must remain."""
    recipe_user_id = call.body.text("recipeUserId")
    email, phone_number = call.body.nullable_text("email"), call.body.nullable_text("phoneNumber")
    method = call.app.accounts.method(recipe_user_id, PASSWORDLESS)
    changes: dict[str, str | None] = {}
    if "email" in call.body:
        changes["email"] = None if email is None else normalised_email(email)
    if "phoneNumber" in call.body:
        changes["phone_number"] = None if phone_number is None else normalised_phone_number(phone_number)
    if changes.get("email", method.email) is None and changes.get("phone_number", method.phone_number) is None:
        raise InputError("You cannot clear both email and phone number of a user")
    if (new_email := changes.get("email")) is not None:
        check_email_change(call.app.accounts, method, new_email)
    if (new_number := changes.get("phone_number")) is not None:
        check_phone_number_change(call.app.accounts, method, new_number)
    call.app.accounts.change(method, **changes)
    _remove_devices(call, method, changes)
    return ok()


def get_user(call: Call) -> Response:
    """Return a user by id, address or number, as CDI versions before 4.0 ask for it."""
    user_id, email, phone_number = (call.query.optional_text(name) for name in ("userId", "email", "phoneNumber"))
    if [user_id, email, phone_number].count(None) != 2:
        raise InputError("Please provide exactly one of userId, email or phoneNumber")
    accounts = call.app.accounts
    if user_id is not None:
        method = accounts.method(user_id, PASSWORDLESS)
    elif email is not None:
        found = accounts.at(call.tenant_id, PASSWORDLESS, email=normalised_email(email))
        if found is None:
            raise StatusError("UNKNOWN_EMAIL_ERROR")
        method = found
    else:
        found = accounts.at(call.tenant_id, PASSWORDLESS, phone_number=normalised_phone_number(phone_number or ""))
        if found is None:
            raise StatusError("UNKNOWN_PHONE_NUMBER_ERROR")
        method = found
    return ok(user=profile(call.app, accounts.user_of(method), call.version))


def _remove_devices(call: Call, method: LoginMethod, changes: Mapping[str, str | None]) -> None:
    """Remove the codes that were sent to an address or number that is changed, and to the new one."""
    for name, new in changes.items():
        old = getattr(method, name)
        for value in {old, new} - {None} if old != new else ():
            for tenant_id in method.tenant_ids:
                remove_devices(call, tenant_id, {name: value})
