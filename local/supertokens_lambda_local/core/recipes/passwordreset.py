"""Password reset tokens: each valid once, at any tenant (SuperTokens core, EmailPassword)."""

from dataclasses import dataclass, field
from typing import ClassVar

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.passwords import hashed
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tables import Row
from supertokens_lambda_local.core.tokens import new_token, sha256
from supertokens_lambda_local.core.users.rows import EMAIL_PASSWORD

routes = Routes()


@dataclass(frozen=True)
class PasswordReset(Row):
    """Whose password may be set, by way of which e-mail address, and until when in milliseconds since the epoch."""

    KEY: ClassVar = ("token_hash",)

    token_hash: str = field(repr=False)
    user_id: str
    email: str
    expiry: int


@routes("POST", "/recipe/user/password/reset/token", Scope.TENANT)
def create_token(call: Call) -> Response:
    """Create a token; older ones stay valid."""
    user_id = call.body.text("userId")
    call.app.accounts.get(user_id)
    email = call.body.text("email")
    token = new_token()
    expiry = call.app.config.now() + call.app.setting(call.tenant_id, "password_reset_token_lifetime")
    call.app.table(PasswordReset).put(PasswordReset(sha256(token), call.app.ids.internal(user_id), email, expiry))
    return ok(token=token)


@routes("POST", "/recipe/user/password/reset/token/consume", Scope.TENANT)
def consume_token(call: Call) -> Response:
    """Remove a used token, and all others of its user."""
    reset = _spent(call, call.body.text("token"))
    return ok(userId=call.app.ids.external(reset.user_id), email=reset.email)


@routes("POST", "/recipe/user/password/reset", Scope.TENANT)
def reset_password(call: Call) -> Response:
    """Set a password by a token, as CDI versions before 4.0 do."""
    method, token, password = (call.body.text(name) for name in ("method", "token", "newPassword"))
    if method != "token":
        raise InputError("Unsupported method for password reset")
    if not password:
        raise InputError("Password cannot be an empty string")
    reset = _spent(call, token)
    login_method = call.app.accounts.method(reset.user_id, EMAIL_PASSWORD)
    call.app.accounts.change(login_method, password_hash=hashed(password))
    return ok(userId=call.app.ids.external(reset.user_id))


def _spent(call: Call, token: str) -> PasswordReset:
    table = call.app.table(PasswordReset)
    reset = table.get(sha256(token))
    if reset is not None:
        table.remove_where(user_id=reset.user_id)
    if reset is None or reset.expiry < call.app.config.now():
        raise StatusError("RESET_PASSWORD_INVALID_TOKEN_ERROR")
    return reset
