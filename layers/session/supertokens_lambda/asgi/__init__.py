"""Sessions for ASGI applications of any framework, and an ASGI application as a Lambda handler."""

from __future__ import annotations

from supertokens_lambda.asgi._guarded_request import session_of
from supertokens_lambda.asgi._handler import asgi_handler
from supertokens_lambda.asgi._middleware import SessionMiddleware

__all__ = ["SessionMiddleware", "asgi_handler", "session_of"]
