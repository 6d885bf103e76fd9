"""E-mail verification: tokens, and which pairs of user and address are verified."""

from dataclasses import dataclass, field
from typing import ClassVar

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tables import Row
from supertokens_lambda_local.core.tokens import new_token, sha256
from supertokens_lambda_local.core.users.accounts import normalised_email
from supertokens_lambda_local.core.users.rows import VerifiedEmail

routes = Routes()


@dataclass(frozen=True)
class VerificationToken(Row):
    """A token that verifies an address of a user, at the tenant that made it."""

    KEY: ClassVar = ("tenant_id", "token_hash")

    tenant_id: str
    token_hash: str = field(repr=False)
    user_id: str
    email: str
    expiry: int


@routes("POST", "/recipe/user/email/verify/token", Scope.TENANT)
def create_token(call: Call) -> Response:
    """Create a token; older ones stay valid."""
    user_id, email = _pair(call)
    if call.app.table(VerifiedEmail).get(user_id, email) is not None:
        raise StatusError("EMAIL_ALREADY_VERIFIED_ERROR")
    token = new_token()
    expiry = call.app.config.now() + call.app.setting(call.tenant_id, "email_verification_token_lifetime")
    call.app.table(VerificationToken).put(VerificationToken(call.tenant_id, sha256(token), user_id, email, expiry))
    return ok(token=token)


@routes("POST", "/recipe/user/email/verify/token/remove", Scope.TENANT)
def remove_tokens(call: Call) -> Response:
    """Remove the tokens of a user and address."""
    user_id, email = _pair(call)
    call.app.table(VerificationToken).remove_where(tenant_id=call.tenant_id, user_id=user_id, email=email)
    return ok()


@routes("POST", "/recipe/user/email/verify", Scope.TENANT)
def verify(call: Call) -> Response:
    """Verify an address by a token, which spends all tokens of the user and address."""
    method, token = call.body.text("method"), call.body.text("token")
    if method != "token":
        raise InputError("Unsupported method for email verification")
    table = call.app.table(VerificationToken)
    row = table.get(call.tenant_id, sha256(token))
    if row is not None:
        table.remove_where(tenant_id=call.tenant_id, user_id=row.user_id, email=row.email)
    if row is None or row.expiry < call.app.config.now():
        raise StatusError("EMAIL_VERIFICATION_INVALID_TOKEN_ERROR")
    call.app.table(VerifiedEmail).put(VerifiedEmail(row.user_id, row.email))
    return ok(userId=row.user_id, email=row.email)


@routes("GET", "/recipe/user/email/verify", Scope.APP)
def is_verified(call: Call) -> Response:
    """Return whether an address, as it is spelled, is verified."""
    user_id, email = call.query.text("userId"), call.query.text("email")
    return ok(isVerified=call.app.table(VerifiedEmail).get(user_id, email) is not None)


@routes("POST", "/recipe/user/email/verify/remove", Scope.APP)
def unverify(call: Call) -> Response:
    """Remove the verification of an address."""
    call.app.table(VerifiedEmail).remove(*_pair(call))
    return ok()


def _pair(call: Call) -> tuple[str, str]:
    return call.body.text("userId"), normalised_email(call.body.text("email"))
