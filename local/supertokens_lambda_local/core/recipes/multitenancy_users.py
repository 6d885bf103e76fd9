"""Which users belong to which tenants."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import MULTI_TENANCY, Call
from supertokens_lambda_local.core.errors import StatusError
from supertokens_lambda_local.core.recipes.userroles import UserRole
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.rows import LoginMethod

routes = Routes()


@routes("POST", "/recipe/multitenancy/tenant/user", Scope.TENANT)
def add_user(call: Call) -> Response:
    """Let a login method sign in at the tenant of the path too."""
    recipe_user_id = call.body.text("recipeUserId")
    call.require_paid_feature(MULTI_TENANCY)
    method = call.app.accounts.method(recipe_user_id)
    if call.tenant_id in method.tenant_ids:
        return ok(wasAlreadyAssociated=True)
    _check_association(call, method)
    call.app.accounts.change(method, tenant_ids=(*method.tenant_ids, call.tenant_id))
    return ok(wasAlreadyAssociated=False)


@routes("POST", "/recipe/multitenancy/tenant/user/remove", Scope.TENANT)
def remove_user(call: Call) -> Response:
    """Take a login method away from the tenant of the path, and end its sessions and roles there."""
    recipe_user_id = call.body.text("recipeUserId")
    call.require_paid_feature(MULTI_TENANCY)
    method = call.app.accounts.method(recipe_user_id)
    was_associated = call.tenant_id in method.tenant_ids
    leave_tenant(call, method, call.tenant_id)
    return ok(wasAssociated=was_associated)


def leave_tenant(call: Call, method: LoginMethod, tenant_id: str) -> None:
    """Take a login method away from a tenant, and end its sessions and roles there."""
    if tenant_id not in method.tenant_ids:
        return
    left = tuple(one for one in method.tenant_ids if one != tenant_id)
    call.app.accounts.change(method, tenant_ids=left)
    user_id = call.app.ids.external(method.recipe_user_id)
    call.app.sessions.table.remove_where(recipe_user_id=user_id, tenant_id=tenant_id)
    call.app.table(UserRole).remove_where(user_id=user_id, tenant_id=tenant_id)


def _check_association(call: Call, method: LoginMethod) -> None:
    accounts, user = call.app.accounts, call.app.accounts.user_of(method)
    infos = {
        "email": (method.email, "EMAIL", "email"),
        "phone_number": (method.phone_number, "PHONE_NUMBER", "phone number"),
        "third_party": (method.third_party, "THIRD_PARTY_USER", "third party info"),
    }
    for field, (value, name, words) in infos.items():
        # A third party's users are told apart by its id alone.
        if value is None or (field == "email" and method.third_party is not None):
            continue
        if user.is_primary and accounts.primary_user_with([call.tenant_id], user.id, **{field: value}) is not None:
            reason = f"Another primary user with {words} already exists"
            raise StatusError("ASSOCIATION_NOT_ALLOWED_ERROR", reason=reason)
        if accounts.at(call.tenant_id, method.recipe_id, **{field: value}) is not None:
            raise StatusError(f"{name}_ALREADY_EXISTS_ERROR")
