"""Which users belong to which tenants."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import MULTI_TENANCY, Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.java import trimmed
from supertokens_lambda_local.core.recipes.emailverification import VerificationToken
from supertokens_lambda_local.core.recipes.totp_codes import UsedCode
from supertokens_lambda_local.core.recipes.userroles import UserRole
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.rows import LoginMethod, User

routes = Routes()

_INFOS = {
    "email": ("EMAIL_ALREADY_EXISTS_ERROR", "email"),
    "phone_number": ("PHONE_NUMBER_ALREADY_EXISTS_ERROR", "phone number"),
    "third_party": ("THIRD_PARTY_USER_ALREADY_EXISTS_ERROR", "third party info"),
}
"""Statuses and words for each kind of account info."""


@routes("POST", "/recipe/multitenancy/tenant/user", Scope.TENANT)
def add_user(call: Call) -> Response:
    """Add a login method to the tenant of the path."""
    method = call.app.accounts.method(_recipe_user_id(call))
    if call.tenant_id in method.tenant_ids:
        return ok(wasAlreadyAssociated=True)
    _check_association(call, method)
    call.app.accounts.change(method, tenant_ids=(*method.tenant_ids, call.tenant_id))
    return ok(wasAlreadyAssociated=False)


@routes("POST", "/recipe/multitenancy/tenant/user/remove", Scope.TENANT)
def remove_user(call: Call) -> Response:
    """Remove a login method from the tenant of the path, with its sessions and roles there."""
    method = call.app.accounts.method(_recipe_user_id(call))
    return ok(wasAssociated=leave_tenant(call, method, call.tenant_id))


def leave_tenant(call: Call, method: LoginMethod, tenant_id: str) -> bool:
    """Remove a login method and its rows of all recipes from a tenant; return whether it was there."""
    user_id = call.app.ids.external(method.recipe_user_id)
    removed = [
        *call.app.sessions.table.remove_where(recipe_user_id=user_id, tenant_id=tenant_id),
        *call.app.table(VerificationToken).remove_where(user_id=user_id, tenant_id=tenant_id),
        *call.app.table(UserRole).remove_where(user_id=user_id, tenant_id=tenant_id),
        *call.app.table(UsedCode).remove_where(user_id=method.recipe_user_id, tenant_id=tenant_id),
    ]
    left = tuple(one for one in method.tenant_ids if one != tenant_id)
    call.app.accounts.change(method, tenant_ids=left)
    return bool(removed) or left != method.tenant_ids


def _recipe_user_id(call: Call) -> str:
    recipe_user_id = trimmed(call.body.text("recipeUserId"))
    if not recipe_user_id:
        raise InputError("Field name 'userId' cannot be an empty String")
    call.require_paid_feature(MULTI_TENANCY)
    return recipe_user_id


def _check_association(call: Call, method: LoginMethod) -> None:
    """Refuse account info that another user has at the tenant of the path."""
    user = call.app.accounts.user_of(method)
    if user.is_primary:
        for one in user.methods:
            _check_primary_users(call, one, user)
    for field, (status, _) in _INFOS.items():
        value = getattr(method, field)
        # Users of a third party are identified by their ids there, and may share an address.
        if value is None or (field == "email" and method.third_party is not None):
            continue
        if call.app.accounts.at(call.tenant_id, method.recipe_id, **{field: value}) is not None:
            raise StatusError(status)


def _check_primary_users(call: Call, method: LoginMethod, user: User) -> None:
    for field, (status, words) in _INFOS.items():
        value = getattr(method, field)
        if value is None:
            continue
        other = call.app.accounts.primary_user_with([call.tenant_id], user.id, **{field: value})
        if other is None:
            continue
        if any(
            getattr(one, field) == value and one.recipe_id == method.recipe_id and call.tenant_id in one.tenant_ids
            for one in other.methods
        ):
            raise StatusError(status)
        reason = f"Another primary user with {words} already exists: {other.id}"
        raise StatusError("ASSOCIATION_NOT_ALLOWED_ERROR", reason=reason)
