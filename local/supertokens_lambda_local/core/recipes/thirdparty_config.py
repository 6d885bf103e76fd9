"""The third-party providers of a tenant."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.body import Body
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, RefusedError
from supertokens_lambda_local.core.java import hash_ordered, trimmed
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tenants import Tenant

routes = Routes()

_FIELDS: Final = (
    *("name", "authorizationEndpoint", "authorizationEndpointQueryParams", "tokenEndpoint"),
    *("tokenEndpointBodyParams", "userInfoEndpoint", "userInfoEndpointQueryParams", "userInfoEndpointHeaders"),
    *("jwksURI", "oidcDiscoveryEndpoint", "requireEmail"),
)
_CLIENT_FIELDS: Final = ("clientType", "clientId", "clientSecret", "scope", "forcePKCE", "additionalConfig")

_NEEDED: Final = {"apple": ("keyId", "teamId", "privateKey")}
_OPTIONAL: Final = {
    "google-workspaces": "hd",
    "boxy-saml": "boxyURL",
    "active-directory": "directoryId",
    "okta": "oktaDomain",
}
"""What of ``additionalConfig`` must be a string that is not empty, by the beginnings of providers' ids."""


@routes("PUT", "/recipe/multitenancy/config/thirdparty", Scope.TENANT)
def put_provider(call: Call) -> Response:
    """Add a provider, or replace the one of its id as a whole."""
    config = call.body.json("config")
    provider_id = trimmed(Body(config).text("thirdPartyId"))
    skips_validation = call.body.optional_boolean("skipValidation") or False
    tenant = _tenant(call)
    providers = {**tenant.providers, provider_id: _provider(provider_id, config)}
    if not skips_validation:
        _validate(providers)
    _store(call, replace(tenant, providers=providers))
    return ok(createdNew=provider_id not in tenant.providers)


@routes("POST", "/recipe/multitenancy/config/thirdparty/remove", Scope.TENANT)
def remove_provider(call: Call) -> Response:
    """Remove a provider; the others must be valid."""
    provider_id = trimmed(call.body.text("thirdPartyId"))
    tenant = _tenant(call)
    if provider_id not in tenant.providers:
        _validate(tenant.providers)
        return ok(didConfigExist=False)
    providers = {one: config for one, config in tenant.providers.items() if one != provider_id}
    _validate(providers)
    _store(call, replace(tenant, providers=providers))
    return ok(didConfigExist=True)


def _tenant(call: Call) -> Tenant:
    tenant = call.app.table(Tenant).get(call.tenant_id)
    if tenant is None:
        raise LookupError(call.tenant_id)
    return tenant


def _store(call: Call, tenant: Tenant) -> None:
    call.app.table(Tenant).remove(tenant.tenant_id)
    call.app.table(Tenant).put(tenant)


def _provider(provider_id: str, config: Mapping[str, Any]) -> dict[str, Any]:
    clients = config.get("clients") or []
    if not isinstance(clients, list):
        found = "BEGIN_OBJECT" if isinstance(clients, dict) else type(clients).__name__.replace("str", "STRING")
        raise RefusedError(
            500,
            "com.google.gson.JsonSyntaxException: java.lang.IllegalStateException: "
            f"Expected BEGIN_ARRAY but was {found} at path $.clients",
        )
    by_type = {str(client.get("clientType")): client for client in clients}
    if len(by_type) < len(clients):
        raise _invalid("Duplicate clientType was specified in the clients list.")
    maps = config.get("userInfoMap") or {}
    return {
        "thirdPartyId": provider_id,
        **_kept(config, _FIELDS),
        "clients": [_kept(by_type[name], _CLIENT_FIELDS) for name in hash_ordered(by_type)],
        "userInfoMap": {name: maps.get(name) or {} for name in ("fromIdTokenPayload", "fromUserInfoAPI")},
    }


def _kept(config: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: config[name] for name in names if config.get(name) is not None}


def _validate(providers: Mapping[str, Mapping[str, Any]]) -> None:
    for provider_id in hash_ordered(providers):
        if not provider_id:
            raise _invalid("thirdPartyId cannot be null or empty")
        for client in providers[provider_id]["clients"]:
            _validate_client(provider_id, client)


def _validate_client(provider_id: str, client: Mapping[str, Any]) -> None:
    if client.get("clientId") is None:
        raise _invalid("clientId cannot be null")
    additional = client.get("additionalConfig") or {}
    for start, names in _NEEDED.items():
        if provider_id.startswith(start) and not all(_is_filled(additional.get(name)) for name in names):
            raise _invalid(
                "a non empty string value must be specified for keyId, teamId and privateKey in the additionalConfig "
                "for Apple provider"
            )
    for start, name in _OPTIONAL.items():
        if provider_id.startswith(start) and name in additional and not _is_filled(additional[name]):
            raise _invalid(f"{name} in additionalConfig must be a non empty string value")


def _is_filled(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _invalid(problem: str) -> InputError:
    return InputError(f"Invalid third party config: {problem}")
