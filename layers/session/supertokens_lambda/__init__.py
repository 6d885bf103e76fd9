"""Server-side rendered pages on AWS Lambda behind SuperTokens sessions."""

from __future__ import annotations

from supertokens_lambda._decorator import verify_session
from supertokens_lambda._verification.session import Session

__all__ = ["Session", "verify_session"]
