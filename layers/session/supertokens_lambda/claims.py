"""Claims of a session, with SuperTokens' names; their validators are decided by the access token, without the SDK."""

from __future__ import annotations

from supertokens_lambda._verification.claims.claim import SessionClaim, SessionClaimValidator
from supertokens_lambda._verification.claims.primitive import BooleanClaim, PrimitiveClaim
from supertokens_lambda._verification.claims.primitive_array import PrimitiveArrayClaim
from supertokens_lambda._verification.claims.recipes import (
    EmailVerificationClaim,
    MultiFactorAuthClaim,
    PermissionClaim,
    UserRoleClaim,
)

__all__ = [
    "BooleanClaim",
    "EmailVerificationClaim",
    "MultiFactorAuthClaim",
    "PermissionClaim",
    "PrimitiveArrayClaim",
    "PrimitiveClaim",
    "SessionClaim",
    "SessionClaimValidator",
    "UserRoleClaim",
]
