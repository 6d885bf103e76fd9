"""One authorizer for each kind of API; the template makes a function of each."""

from supertokens_lambda.authorizers import http_api_authorizer, rest_api_authorizer

calls = http_api_authorizer()
pages = rest_api_authorizer()
