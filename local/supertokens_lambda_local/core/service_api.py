"""The core itself over HTTP: that it is there, what it speaks, its keys and its one tenant."""

from starlette.responses import Response

from supertokens_lambda_local.core.access_tokens import TENANT_ID
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.keys import SigningKeys
from supertokens_lambda_local.core.transport import CDI_VERSION, Api, json_response, ok, text_response


class ServiceApi:
    """Handlers of the paths that belong to no user and no session."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def apis(self) -> list[Api]:
        """Return the paths."""
        hello = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), _hello)
        return [
            Api("/", hello, asks_key=False),
            Api("/hello", hello, asks_key=False, asks_version=False, asks_tenant=False),
            Api("/apiversion", {"GET": _api_version}, asks_version=False),
            Api("/.well-known/jwks.json", {"GET": self._jwks}, asks_key=False, asks_version=False, asks_tenant=False),
            Api("/recipe/multitenancy/tenant/v2", {"GET": _tenant}, asks_tenant=False),
        ]

    def _jwks(self, _: Call) -> Response:
        cache_control = f"max-age={self._keys.cache_seconds()}, must-revalidate"
        return json_response({"keys": self._keys.jwks()}, {"Cache-Control": cache_control})


def _hello(_: Call) -> Response:
    return text_response("Hello")


def _api_version(_: Call) -> Response:
    return json_response({"versions": [CDI_VERSION]})


def _tenant(call: Call) -> Response:
    if call.tenant_id != TENANT_ID:
        return json_response({"status": "TENANT_NOT_FOUND_ERROR"})
    return ok(tenantId=TENANT_ID, thirdParty={"providers": []}, coreConfig={})
