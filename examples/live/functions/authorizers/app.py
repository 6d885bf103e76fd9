"""One authorizer for each kind of API; the template makes a function of each."""

from supertokens_lambda.authorizers import appsync_authorizer, websocket_authorizer

connections = websocket_authorizer()
queries = appsync_authorizer()
