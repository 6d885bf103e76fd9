"""Sessions for ASGI applications, whatever their framework, and such an application as a Lambda handler."""

from __future__ import annotations

from supertokens_lambda.asgi._handler import asgi_handler as asgi_handler
from supertokens_lambda.asgi._middleware import SessionMiddleware as SessionMiddleware
from supertokens_lambda.asgi._middleware import session_of as session_of
