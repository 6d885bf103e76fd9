"""Sessions: read, changed, listed and removed."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import PUBLIC, Call
from supertokens_lambda_local.core.errors import InputError, tenant_not_found
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tenants import Tenant

routes = Routes()


@routes("GET", "/recipe/session", Scope.ANY)
def get_session(call: Call) -> Response:
    """Return a session."""
    session = call.app.sessions.get(_checked(call, call.query.text("sessionHandle")))
    return ok(
        sessionHandle=session.handle,
        userId=call.app.primary_id(session.recipe_user_id),
        recipeUserId=session.recipe_user_id,
        userDataInDatabase=session.user_data_in_database,
        expiry=session.expiry,
        userDataInJWT=session.user_data_in_jwt,
        timeCreated=session.time_created,
        tenantId=session.tenant_id,
    )


@routes("GET", "/recipe/session/user", Scope.ANY)
def list_handles(call: Call) -> Response:
    """List the sessions of a user."""
    user_id = call.query.text("userId")
    with_linked = call.query.flag("fetchSessionsForAllLinkedAccounts", default=True)
    of_all_tenants = call.query.flag("fetchAcrossAllTenants", default=True)
    if of_all_tenants:
        call.require_public()
    call.require_tenant()
    tenant_id = None if of_all_tenants else call.tenant_id
    return ok(sessionHandles=call.app.sessions.handles(_ids(call, user_id, with_linked=with_linked), tenant_id))


@routes("POST", "/recipe/session/remove", Scope.ANY)
def remove_sessions(call: Call) -> Response:
    """Revoke the sessions of a user, or those with some handles."""
    user_id, handles = call.body.optional_text("userId"), call.body.optional_texts("sessionHandles")
    if (user_id is None) == (handles is None):
        raise InputError("Invalid JSON input - use one of userId or sessionHandles array")
    flags = {}
    for flag in ("revokeAcrossAllTenants", "revokeSessionsForLinkedAccounts"):
        flags[flag] = call.body.optional_boolean(flag)
        if flags[flag] is not None and user_id is None:
            raise InputError(f"Invalid JSON input - {flag} can only be set if userId is set")
    if user_id is None:
        return ok(sessionHandlesRevoked=call.app.sessions.remove(_checked(call, handle) for handle in handles or ()))
    of_all_tenants = flags["revokeAcrossAllTenants"] is not False
    if of_all_tenants:
        call.require_public()
    call.require_tenant()
    call.app.activity.note(call.app.ids.internal(user_id))
    ids = _ids(call, user_id, with_linked=flags["revokeSessionsForLinkedAccounts"] is not False)
    found = call.app.sessions.handles(ids, None if of_all_tenants else call.tenant_id)
    return ok(sessionHandlesRevoked=call.app.sessions.remove(found))


@routes("PUT", "/recipe/session/data", Scope.ANY)
def update_database_data(call: Call) -> Response:
    """Replace what stays with the core."""
    handle, data = call.body.text("sessionHandle"), call.body.json("userDataInDatabase")
    call.app.sessions.update_database_data(_checked(call, handle), data)
    return ok()


@routes("PUT", "/recipe/jwt/data", Scope.ANY)
def update_jwt_data(call: Call) -> Response:
    """Replace what new access tokens carry."""
    handle, data = call.body.text("sessionHandle"), call.body.json("userDataInJWT")
    call.app.sessions.update_jwt_data(_checked(call, handle), data)
    return ok()


def _checked(call: Call, handle: str) -> str:
    """Return a handle, refusing one that names a tenant which does not exist."""
    tenant_id = handle.partition("_")[2] or PUBLIC
    if call.app.table(Tenant).get(tenant_id) is None:
        raise tenant_not_found(call.app.id, tenant_id)
    return handle


def _ids(call: Call, user_id: str, *, with_linked: bool) -> list[str]:
    """Return the ids, as callers see them, under which a user has sessions."""
    user = call.app.accounts.find(user_id) if with_linked else None
    if user is None:
        return [call.app.ids.external(user_id)]
    return [call.app.ids.external(method.recipe_user_id) for method in user.methods] + [call.app.ids.external(user.id)]
