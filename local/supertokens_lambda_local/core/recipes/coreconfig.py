"""The settings of a tenant, as the dashboard shows them."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.settings import SETTINGS

routes = Routes()


@routes("GET", "/recipe/dashboard/tenant/core-config", Scope.TENANT)
def list_settings(call: Call) -> Response:
    """List the settings with their values at the tenant of the path."""
    config = [
        {
            "key": setting.name,
            "valueType": setting.value_type,
            "value": call.app.setting(call.tenant_id, setting.name),
            "description": f"As in the documentation of SuperTokens core: {setting.name}",
            "isDifferentAcrossTenants": setting.per_tenant,
            "possibleValues": setting.possible,
            "isNullable": setting.default is None,
            "defaultValue": setting.default,
            "isPluginProperty": False,
            "isPluginPropertyEditable": False,
        }
        for setting in SETTINGS.values()
    ]
    return ok(config=config)
