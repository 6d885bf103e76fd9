"""Lambda authorizers for API Gateway and AppSync, which guard functions in any language.

An authorizer cannot set cookies. On the first request after a refresh, the core issues a new access token, and the
browser never gets it. So the core is asked about the earlier token until that token expires.
"""

from __future__ import annotations

from supertokens_lambda.authorizers.api_gateway import http_api_authorizer, rest_api_authorizer
from supertokens_lambda.authorizers.appsync import appsync_authorizer
from supertokens_lambda.authorizers.decision import UnavailableError
from supertokens_lambda.authorizers.websocket import websocket_authorizer

__all__ = [
    "UnavailableError",
    "appsync_authorizer",
    "http_api_authorizer",
    "rest_api_authorizer",
    "websocket_authorizer",
]
