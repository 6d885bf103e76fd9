"""The validators that SuperTokens' recipes register for every page, by their names in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._verification.claims.recipes import EmailVerificationClaim, MultiFactorAuthClaim

if TYPE_CHECKING:
    from supertokens_lambda._verification.claims.claim import SessionClaimValidator

GLOBAL_VALIDATORS: dict[str, SessionClaimValidator] = {
    "email-verification": EmailVerificationClaim.validators.is_verified(),
    "multi-factor-auth": MultiFactorAuthClaim.validators.has_completed_mfa_requirements_for_auth(),
}
