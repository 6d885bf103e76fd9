"""JSON Web Tokens with any payload, and the keys that verify them."""

from starlette.responses import Response

from supertokens_lambda_local.core.answers import json_response, ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.sessions.jwt import sign

routes = Routes()


@routes("POST", "/recipe/jwt", Scope.APP)
def create_jwt(call: Call) -> Response:
    """Sign a payload, whose own claims come before those of the core."""
    body = call.body
    algorithm, payload = body.text("algorithm"), body.json("payload")
    issuer, validity = body.text("jwksDomain"), body.integer("validity")
    uses_static_key = body.optional_boolean("useStaticSigningKey")
    if validity <= 0:
        raise InputError("validity must be greater than or equal to 0")
    if algorithm.upper() != "RS256":
        raise StatusError("UNSUPPORTED_ALGORITHM_ERROR")
    now = call.app.config.now() // 1000
    claims = {"iss": issuer, "exp": now + validity, "iat": now, **payload}
    key = call.app.keys.signing(use_static_key=uses_static_key is not False)
    return ok(jwt=sign(claims, key, is_access_token=False))


@routes("GET", "/recipe/jwt/jwks", Scope.ANY, is_open=True)
def list_keys(call: Call) -> Response:
    """Return the published keys."""
    return ok(keys=call.app.keys.jwks())


@routes("GET", "/.well-known/jwks.json", Scope.ANY, is_open=True, is_timeless=True)
def list_key_set(call: Call) -> Response:
    """Return the published keys, and for how long they stay."""
    cache_control = f"max-age={call.app.keys.cache_seconds()}, must-revalidate"
    return json_response({"keys": call.app.keys.jwks()}, {"Cache-Control": cache_control})
