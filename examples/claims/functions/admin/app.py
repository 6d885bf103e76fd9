"""GET /admin: a page for administrators whose e-mail address is verified."""

from typing import Any

from supertokens_lambda import Session, verify_session
from supertokens_lambda.claims import EmailVerificationClaim, SessionClaimValidator, UserRoleClaim
from supertokens_lambda.pages import page


def administrators(
    global_validators: list[SessionClaimValidator], session: Session, user_context: dict[str, Any]
) -> list[SessionClaimValidator]:
    return [
        *global_validators,
        UserRoleClaim.validators.includes("admin", max_age_in_seconds=600),
        EmailVerificationClaim.validators.is_verified(),
    ]


@verify_session(override_global_claim_validators=administrators)
def handler(event: dict[str, Any], context: object, session: Session) -> Any:
    return page("Administration", f"<p>You are {session.get_user_id()}, an administrator.</p>")
