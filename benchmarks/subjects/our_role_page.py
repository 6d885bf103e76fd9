"""A page behind the toolkit's guard that checks a role."""

from typing import Any

from supertokens_lambda import Session, verify_session
from supertokens_lambda.claims import UserRoleClaim

_VALIDATORS = [UserRoleClaim.validators.includes("admin")]


@verify_session(override_global_claim_validators=lambda _validators, _session, _context: _VALIDATORS)
def handler(_event: dict[str, Any], _context: object, session: Session) -> dict[str, Any]:
    """Answer an event of an HTTP API."""
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": f"Hello {session.get_user_id()}"}
