"""Tenants: created, changed, listed and removed."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from starlette.responses import Response

from supertokens_lambda_local.core.answers import json_response, ok
from supertokens_lambda_local.core.call import MULTI_TENANCY, PUBLIC, Call
from supertokens_lambda_local.core.errors import InputError, RefusedError
from supertokens_lambda_local.core.recipes.factors import changed_factors
from supertokens_lambda_local.core.recipes.multitenancy_users import leave_tenant
from supertokens_lambda_local.core.recipes.tenant_ids import checked_id
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.settings import check_tenant_settings
from supertokens_lambda_local.core.tenants import FACTORS, Tenant

routes = Routes()

_FACTORS_SINCE = (5, 0)
"""The first CDI version whose tenants have factors."""


@routes("PUT", "/recipe/multitenancy/tenant/v2", Scope.ANY)
def put_tenant(call: Call) -> Response:
    """Create a tenant, or change what the call names."""
    settings = call.body.optional_json("coreConfig")
    tenant, is_new = _tenant(call)
    tenant = changed_factors(tenant, call.body)
    _check_permission(call, tenant)
    if settings is not None:
        tenant = replace(tenant, core_config=_merged(call, tenant, settings))
    _store(call, tenant)
    return ok(createdNew=is_new)


@routes("PUT", "/recipe/multitenancy/tenant", Scope.ANY)
def put_old_tenant(call: Call) -> Response:
    """Create or change a tenant as CDI versions before 5.0 do, by naming recipes."""
    tenant, is_new = _tenant(call)
    for recipe, names in FACTORS.items():
        is_on = call.body.optional_boolean(f"{recipe}Enabled")
        if is_on is not None:
            before = chain(*FACTORS.values()) if tenant.first_factors is None else tenant.first_factors
            others = tuple(factor for factor in before if factor not in names)
            tenant = replace(tenant, first_factors=(*others, *names) if is_on else others)
    _check_permission(call, tenant)
    _store(call, tenant)
    return ok(createdNew=is_new)


@routes("GET", "/recipe/multitenancy/tenant/v2", Scope.ANY)
def get_tenant(call: Call) -> Response:
    """Return the tenant of the path."""
    tenant = call.app.table(Tenant).get(call.tenant_id)
    return json_response({"status": "TENANT_NOT_FOUND_ERROR"}) if tenant is None else ok(**tenant.profile())


@routes("GET", "/recipe/multitenancy/tenant", Scope.ANY)
def get_old_tenant(call: Call) -> Response:
    """Return the tenant of the path as CDI versions before 5.0 know it."""
    tenant = call.app.table(Tenant).get(call.tenant_id)
    if tenant is None:
        return json_response({"status": "TENANT_NOT_FOUND_ERROR"})
    return ok(**tenant.old_profile(knows_factors=call.version >= _FACTORS_SINCE))


@routes("GET", "/recipe/multitenancy/tenant/list/v2", Scope.ANY)
def list_tenants(call: Call) -> Response:
    """List all tenants, the one that was changed last at the end."""
    _require_public(call, "list all tenants associated with this app")
    return ok(tenants=[tenant.profile() for tenant in call.app.table(Tenant)])


@routes("GET", "/recipe/multitenancy/tenant/list", Scope.ANY)
def list_old_tenants(call: Call) -> Response:
    """List all tenants as CDI versions before 5.0 know them."""
    _require_public(call, "list all tenants associated with this app")
    knows_factors = call.version >= _FACTORS_SINCE
    return ok(tenants=[tenant.old_profile(knows_factors=knows_factors) for tenant in call.app.table(Tenant)])


@routes("POST", "/recipe/multitenancy/tenant/remove", Scope.ANY)
def remove_tenant(call: Call) -> Response:
    """Remove a tenant; its users stay, at the other tenants that they have."""
    tenant_id = checked_id(call.body.text("tenantId"), "tenantId")
    _require_public(call, "delete a tenant")
    if tenant_id == PUBLIC:
        raise RefusedError(403, "Cannot delete public tenant, use remove app API instead")
    existed = call.app.table(Tenant).remove(tenant_id) is not None
    if existed:
        for method in call.app.accounts.table:
            leave_tenant(call, method, tenant_id)
    return ok(didExist=existed)


def _tenant(call: Call) -> tuple[Tenant, bool]:
    """Return the tenant that a call names, the public one if it names none, and whether it is new."""
    given = call.body.optional_text("tenantId")
    tenant_id = PUBLIC if given is None else checked_id(given, "tenantId")
    tenant = call.app.table(Tenant).get(tenant_id)
    return Tenant(tenant_id) if tenant is None else tenant, tenant is None


def _check_permission(call: Call, tenant: Tenant) -> None:
    if "tenantId" in call.body and not call.is_public and tenant.tenant_id != call.tenant_id:
        raise RefusedError(403, "You must use the public or same tenant to add/update a tenant")
    if tenant.tenant_id != PUBLIC:
        call.require_paid_feature(MULTI_TENANCY)


def _merged(call: Call, tenant: Tenant, settings: Mapping[str, Any]) -> dict[str, Any]:
    if settings and tenant.tenant_id == PUBLIC and call.app.id == PUBLIC:
        raise InputError("Cannot modify base config")
    merged = {**tenant.core_config, **settings}
    merged = {name: value for name, value in merged.items() if value is not None}
    if problem := check_tenant_settings(merged):
        raise InputError(f"Invalid core config: {problem}")
    return merged


def _store(call: Call, tenant: Tenant) -> None:
    call.app.table(Tenant).remove(tenant.tenant_id)
    call.app.table(Tenant).put(tenant)


def _require_public(call: Call, deed: str) -> None:
    if not call.is_public:
        raise RefusedError(403, f"Only the public tenantId is allowed to {deed}")
