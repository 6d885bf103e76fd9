"""Apps, and the one connection URI domain that the core in memory has."""

from typing import Any

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import MULTI_TENANCY, PUBLIC, Call
from supertokens_lambda_local.core.errors import InputError, RefusedError
from supertokens_lambda_local.core.java import hash_ordered
from supertokens_lambda_local.core.recipes.factors import changed_factors
from supertokens_lambda_local.core.recipes.tenant_ids import checked_id
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tenants import Tenant

routes = Routes()


@routes("PUT", "/recipe/multitenancy/app/v2", Scope.ANY)
@routes("PUT", "/recipe/multitenancy/app", Scope.ANY)
def put_app(call: Call) -> Response:
    """Create an app, or change the factors of its public tenant."""
    app_id = checked_id(call.body.text("appId"), "appId")
    _require_base(call, "create/update an app")
    call.require_paid_feature(MULTI_TENANCY)
    is_new = call.apps.create(app_id)
    app = call.apps.find(app_id)
    tenant = None if app is None else app.table(Tenant).get(PUBLIC)
    if app is not None and tenant is not None:
        app.table(Tenant).put(changed_factors(tenant, call.body))
    return ok(createdNew=is_new)


@routes("POST", "/recipe/multitenancy/app/remove", Scope.ANY)
def remove_app(call: Call) -> Response:
    """Remove an app that has no other tenants than the public one."""
    app_id = checked_id(call.body.text("appId"), "appId")
    _require_base(call, "delete an app")
    if app_id == PUBLIC:
        raise RefusedError(403, "Cannot delete public app, use remove connection uri domain API instead")
    app = call.apps.find(app_id)
    if app is not None and len(app.table(Tenant)) > 1:
        raise RefusedError(
            403, "Please delete all tenants except the public tenant for this app before calling the delete API"
        )
    return ok(didExist=call.apps.remove(app_id))


@routes("GET", "/recipe/multitenancy/app/list/v2", Scope.ANY)
@routes("GET", "/recipe/multitenancy/app/list", Scope.ANY)
def list_apps(call: Call) -> Response:
    """List all apps with their tenants."""
    _require_base(call, "list all apps")
    return ok(apps=_apps(call, is_old=call.path.endswith("/list")))


@routes("PUT", "/recipe/multitenancy/connectionuridomain/v2", Scope.ANY)
def put_domain(call: Call) -> Response:
    """Refuse another domain, which would need a separate database."""
    domain = call.body.text("connectionUriDomain")
    call.require_paid_feature(MULTI_TENANCY)
    raise InputError(f"Invalid core config: ConnectionUriDomain:  cannot be mapped to the same user pool as {domain}")


@routes("GET", "/recipe/multitenancy/connectionuridomain/list/v2", Scope.ANY)
@routes("GET", "/recipe/multitenancy/connectionuridomain/list", Scope.ANY)
def list_domains(call: Call) -> Response:
    """List the one domain with all apps."""
    _require_base(call, "list all connectionUriDomains and appIds associated with this core")
    apps = _apps(call, is_old=call.path.endswith("/list"))
    return ok(connectionUriDomains=[{"connectionUriDomain": "", "apps": apps}])


def _apps(call: Call, *, is_old: bool) -> list[dict[str, Any]]:
    apps = [app for app_id in hash_ordered(call.apps.ids()) if (app := call.apps.find(app_id)) is not None]
    return [
        {
            "appId": app.id,
            "tenants": [
                tenant.old_profile(knows_factors=call.version >= (5, 0)) if is_old else tenant.profile()
                for tenant in app.table(Tenant)
            ],
        }
        for app in apps
    ]


def _require_base(call: Call, deed: str) -> None:
    if not (call.is_public and call.app.id == PUBLIC):
        raise RefusedError(403, f"Only the public tenantId and public appId is allowed to {deed}")
