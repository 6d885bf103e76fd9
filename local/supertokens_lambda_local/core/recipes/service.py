"""The core itself: that it is there, what it speaks, and what it may do."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import json_response, ok, text_response
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import RefusedError
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.unspoken import refusal
from supertokens_lambda_local.core.versions import VERSIONS

routes = Routes()

_PAID_FEATURES = (*("account_linking", "multi_tenancy", "test", "dashboard_login", "mfa", "security", "oauth", "saml"),)
_DAYS = 31
_OAUTH = "OAuth feature is not enabled. Please subscribe to a SuperTokens core license key to enable this feature."


def hello(_: Call) -> Response:
    """Return a greeting."""
    return text_response("Hello")


for method in ("GET", "POST", "PUT", "DELETE"):
    routes(method, "/", Scope.TENANT, is_open=True)(hello)
    routes(method, "/hello", Scope.ANY, is_open=True, is_timeless=True)(hello)


@routes("GET", "/apiversion", Scope.APP, is_timeless=True)
def list_versions(_: Call) -> Response:
    """List the CDI versions that are spoken."""
    return json_response({"versions": VERSIONS})


@routes("GET", "/config", Scope.ANY)
def get_config(call: Call) -> Response:
    """Return where the core was started from, which for this one is nowhere."""
    call.query.text("pid")
    return json_response({"status": "NOT_ALLOWED"})


@routes("GET", "/telemetry", Scope.APP)
def get_telemetry(_: Call) -> Response:
    """Return that there is no telemetry."""
    return json_response({"exists": False})


@routes("GET", "/ee/featureflag", Scope.APP)
def list_features(call: Call) -> Response:
    """List the paid features that are on."""
    if not call.app.config.paid_features:
        return ok(features=[], usageStats={})
    return ok(features=_PAID_FEATURES, usageStats={"maus": call.app.activity.by_days(_DAYS)})


@routes("GET", "/ee/license", Scope.APP)
def get_license(_: Call) -> Response:
    """Return that there is no license."""
    return json_response({"status": "NO_LICENSE_KEY_FOUND_ERROR"})


@routes("GET", "/recipe/oauth/clients/list", Scope.ANY)
def list_oauth_clients(call: Call) -> Response:
    """Refuse OAuth, by the license or because the core in memory does not know it."""
    if not call.app.config.paid_features:
        raise RefusedError(402, _OAUTH)
    raise refusal("/recipe/oauth/clients/list")
