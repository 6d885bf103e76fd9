"""Sessions: started, verified, refreshed and regenerated."""

from typing import Any

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InvalidJWTError, RefusedError
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.sessions.access_tokens import TokenInfo
from supertokens_lambda_local.core.sessions.issuer import SessionTokens

routes = Routes()


@routes("POST", "/recipe/session", Scope.TENANT)
def create_session(call: Call) -> Response:
    """Start a session."""
    body = call.body
    recipe_user_id = call.app.ids.external(body.text("userId"))
    tokens = call.app.rotation.create(
        recipe_user_id,
        body.json("userDataInJWT"),
        body.json("userDataInDatabase"),
        tenant_id=call.tenant_id,
        enable_anti_csrf=body.boolean("enableAntiCsrf"),
        use_static_key=body.optional_boolean("useDynamicSigningKey") is False,
    )
    _note_activity(call, tokens)
    return ok(**_tokens(tokens))


@routes("POST", "/recipe/session/verify", Scope.ANY)
def verify_session(call: Call) -> Response:
    """Check an access token."""
    body = call.body
    do_anti_csrf_check, enable_anti_csrf = body.boolean("doAntiCsrfCheck"), body.boolean("enableAntiCsrf")
    tokens = call.app.rotation.verify(
        body.text("accessToken"),
        body.optional_text("antiCsrfToken"),
        check_anti_csrf=do_anti_csrf_check and enable_anti_csrf,
        check_database=body.boolean("checkDatabase"),
    )
    return ok(**_tokens(tokens))


@routes("POST", "/recipe/session/refresh", Scope.ANY)
def refresh_session(call: Call) -> Response:
    """Exchange a refresh token for new tokens."""
    body = call.body
    tokens = call.app.rotation.refresh(
        body.text("refreshToken"),
        body.optional_text("antiCsrfToken"),
        enable_anti_csrf=body.boolean("enableAntiCsrf"),
        use_static_key=not body.boolean("useDynamicSigningKey"),
    )
    _note_activity(call, tokens)
    return ok(**_tokens(tokens))


@routes("POST", "/recipe/session/regenerate", Scope.ANY)
def regenerate_session(call: Call) -> Response:
    """Change the payload of a session and of an access token."""
    access_token, user_data = call.body.text("accessToken"), call.body.optional_json("userDataInJWT")
    try:
        return ok(**_tokens(call.app.rotation.regenerate(access_token, user_data)))
    except InvalidJWTError as error:
        raise RefusedError(500, str(error)) from None


def _note_activity(call: Call, tokens: SessionTokens) -> None:
    call.app.activity.note(call.app.ids.internal(tokens.user_id))


def _tokens(tokens: SessionTokens) -> dict[str, Any]:
    content: dict[str, Any] = {
        "session": {
            "handle": tokens.handle,
            "userId": tokens.user_id,
            "recipeUserId": tokens.recipe_user_id,
            "userDataInJWT": tokens.user_data_in_jwt,
            "tenantId": tokens.tenant_id,
        }
    }
    if tokens.access_token is not None:
        content["accessToken"] = _token(tokens.access_token)
    if tokens.refresh_token is not None:
        content["refreshToken"] = _token(tokens.refresh_token)
    if tokens.anti_csrf_token is not None:
        content["antiCsrfToken"] = tokens.anti_csrf_token
    return content


def _token(token: TokenInfo) -> dict[str, Any]:
    return {"token": token.token, "expiry": token.expiry, "createdTime": token.created_time}
