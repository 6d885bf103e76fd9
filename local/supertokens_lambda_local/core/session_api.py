"""The session recipe over HTTP."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from supertokens_lambda_local.core.access_tokens import TENANT_ID, TokenInfo
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, InvalidJWTError
from supertokens_lambda_local.core.jwt import JsonObject
from supertokens_lambda_local.core.rotation import Rotation, SessionTokens
from supertokens_lambda_local.core.sessions import Sessions
from supertokens_lambda_local.core.transport import Api, ok


class SessionApi:
    """Handlers of ``/recipe/session`` and ``/recipe/jwt``."""

    def __init__(self, rotation: Rotation, sessions: Sessions) -> None:
        self._rotation = rotation
        self._sessions = sessions

    def apis(self) -> list[Api]:
        """Return the paths."""
        return [
            Api("/recipe/session", {"POST": self._create, "GET": self._get}),
            Api("/recipe/session/verify", {"POST": self._verify}),
            Api("/recipe/session/refresh", {"POST": self._refresh}),
            Api("/recipe/session/regenerate", {"POST": self._regenerate}),
            Api("/recipe/session/remove", {"POST": self._remove}),
            Api("/recipe/session/user", {"GET": self._handles}),
            Api("/recipe/session/data", {"PUT": self._update_database_data}),
            Api("/recipe/jwt/data", {"PUT": self._update_jwt_data}),
        ]

    def _create(self, call: Call) -> Response:
        body = call.body
        tokens = self._rotation.create(
            body.text("userId"),
            body.json("userDataInJWT"),
            body.json("userDataInDatabase"),
            enable_anti_csrf=body.boolean("enableAntiCsrf"),
            use_static_key=body.optional_boolean("useDynamicSigningKey") is False,
        )
        return ok(**_tokens(tokens))

    def _verify(self, call: Call) -> Response:
        body = call.body
        do_anti_csrf_check, enable_anti_csrf = body.boolean("doAntiCsrfCheck"), body.boolean("enableAntiCsrf")
        tokens = self._rotation.verify(
            body.text("accessToken"),
            body.optional_text("antiCsrfToken"),
            check_anti_csrf=do_anti_csrf_check and enable_anti_csrf,
            check_database=body.boolean("checkDatabase"),
        )
        return ok(**_tokens(tokens))

    def _refresh(self, call: Call) -> Response:
        body = call.body
        tokens = self._rotation.refresh(
            body.text("refreshToken"),
            body.optional_text("antiCsrfToken"),
            enable_anti_csrf=body.boolean("enableAntiCsrf"),
            use_static_key=not body.boolean("useDynamicSigningKey"),
        )
        return ok(**_tokens(tokens))

    def _regenerate(self, call: Call) -> Response:
        access_token, user_data = call.body.text("accessToken"), call.body.optional_json("userDataInJWT")
        try:
            return ok(**_tokens(self._rotation.regenerate(access_token, user_data)))
        except InvalidJWTError as error:
            raise HTTPException(500, str(error)) from None

    def _get(self, call: Call) -> Response:
        session = self._sessions.get(call.query.text("sessionHandle"))
        return ok(
            sessionHandle=session.handle,
            userId=session.user_id,
            recipeUserId=session.user_id,
            userDataInDatabase=session.user_data_in_database,
            expiry=session.expiry,
            userDataInJWT=session.user_data_in_jwt,
            timeCreated=session.time_created,
            tenantId=TENANT_ID,
        )

    def _handles(self, call: Call) -> Response:
        return ok(sessionHandles=self._sessions.handles(call.query.text("userId")))

    def _remove(self, call: Call) -> Response:
        user_id, handles = call.body.optional_text("userId"), call.body.optional_texts("sessionHandles")
        if (user_id is None) == (handles is None):
            raise InputError("Invalid JSON input - use one of userId or sessionHandles array")
        for flag in ("revokeAcrossAllTenants", "revokeSessionsForLinkedAccounts"):
            if call.body.optional_boolean(flag) is not None and user_id is None:
                raise InputError(f"Invalid JSON input - {flag} can only be set if userId is set")
        if user_id is not None:
            handles = self._sessions.handles(user_id)
        return ok(sessionHandlesRevoked=self._sessions.remove(handles or ()))

    def _update_database_data(self, call: Call) -> Response:
        self._sessions.update_database_data(call.body.text("sessionHandle"), call.body.json("userDataInDatabase"))
        return ok()

    def _update_jwt_data(self, call: Call) -> Response:
        self._sessions.update_jwt_data(call.body.text("sessionHandle"), call.body.json("userDataInJWT"))
        return ok()


def _tokens(tokens: SessionTokens) -> JsonObject:
    content: JsonObject = {
        "session": {
            "handle": tokens.handle,
            "userId": tokens.user_id,
            "recipeUserId": tokens.user_id,
            "userDataInJWT": tokens.user_data_in_jwt,
            "tenantId": TENANT_ID,
        }
    }
    if tokens.access_token is not None:
        content["accessToken"] = _token(tokens.access_token)
    if tokens.refresh_token is not None:
        content["refreshToken"] = _token(tokens.refresh_token)
    if tokens.anti_csrf_token is not None:
        content["antiCsrfToken"] = tokens.anti_csrf_token
    return content


def _token(token: TokenInfo) -> JsonObject:
    return {"token": token.token, "expiry": token.expiry, "createdTime": token.created_time}
