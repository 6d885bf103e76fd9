"""Lambda authorizers: the guard's verdict as API Gateway and AppSync want it, for functions in any language.

An authorizer sets no cookies. The access token that the core makes on the first request after a refresh is not handed
over, so the core is asked about the one before until that expires.
"""

from __future__ import annotations

from supertokens_lambda.authorizers.api_gateway import http_api_authorizer as http_api_authorizer
from supertokens_lambda.authorizers.api_gateway import rest_api_authorizer as rest_api_authorizer
from supertokens_lambda.authorizers.appsync import appsync_authorizer as appsync_authorizer
from supertokens_lambda.authorizers.decision import UnavailableError as UnavailableError
from supertokens_lambda.authorizers.websocket import websocket_authorizer as websocket_authorizer
