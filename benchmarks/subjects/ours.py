"""A page behind the toolkit's guard; the environment says whether its keys are fetched or given."""

from typing import Any

from supertokens_lambda import Session, verify_session


@verify_session()
def handler(_event: dict[str, Any], _context: object, session: Session) -> dict[str, Any]:
    """Answer an event of an HTTP API."""
    return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": f"Hello {session.get_user_id()}"}
