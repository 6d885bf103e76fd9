"""Whether the account info of a login method may change."""

from supertokens_lambda_local.core.errors import StatusError
from supertokens_lambda_local.core.users.accounts import Accounts
from supertokens_lambda_local.core.users.rows import THIRD_PARTY, LoginMethod

_REASON = "New {} is associated with another primary user ID"


def check_email_change(accounts: Accounts, method: LoginMethod, email: str, reason: str = _REASON) -> None:
    """Refuse an e-mail address that another user has.

    Raises
    ------
    StatusError
        Another login method of the recipe has it, or another primary user has it while this user is primary.
    """
    _check(accounts, method, "email", email, reason.format("email"))


def check_phone_number_change(accounts: Accounts, method: LoginMethod, phone_number: str) -> None:
    """Refuse a phone number that another user has.

    Raises
    ------
    StatusError
        Another login method of the recipe has it, or another primary user has it while this user is primary.
    """
    _check(accounts, method, "phone_number", phone_number, _REASON.format("phone number"))


def _check(accounts: Accounts, method: LoginMethod, field: str, value: str, reason: str) -> None:
    user = accounts.user_of(method)
    name = field.upper()
    if user.is_primary and accounts.primary_user_with(user.tenant_ids, user.id, **{field: value}) is not None:
        raise StatusError(f"{name}_CHANGE_NOT_ALLOWED_ERROR", reason=reason)
    if method.recipe_id == THIRD_PARTY:
        return
    for tenant_id in method.tenant_ids:
        other = accounts.at(tenant_id, method.recipe_id, **{field: value})
        if other is not None and other.recipe_user_id != method.recipe_user_id:
            raise StatusError(f"{name}_ALREADY_EXISTS_ERROR")
