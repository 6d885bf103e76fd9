"""Tenants that visitors name in paths of SuperTokens' API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_python.normalised_url_path import NormalisedURLPath
from supertokens_python.recipe.multitenancy.asyncio import get_tenant
from supertokens_python.recipe.multitenancy.constants import DEFAULT_TENANT_ID
from supertokens_python.supertokens import Supertokens
from supertokens_python.utils import normalise_http_method

if TYPE_CHECKING:
    from supertokens_lambda._sdk.sdk_call import SdkCall


async def names_unknown_tenant(call: SdkCall) -> bool:
    """Check whether the path of a call names a tenant that the core does not know.

    To such a call the SDK raises what it raises for faults of the application.
    """
    sdk = Supertokens.get_instance()
    path = sdk.app_info.api_gateway_path.append(NormalisedURLPath(call.sdk_request.get_path()))
    method = normalise_http_method(call.sdk_request.method())
    for recipe in sdk.recipe_modules:
        found = await recipe.return_api_id_if_can_handle_request(path, method, call.user_context)
        if found is not None:
            tenant_id = found.tenant_id
            return tenant_id != DEFAULT_TENANT_ID and await get_tenant(tenant_id, call.user_context) is None
    return False
