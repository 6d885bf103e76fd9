"""The refresh: GET /refresh-session, which leads to it, GET and POST /auth/session/refresh; and POST /auth/signout."""

from supertokens_lambda.handlers import prepare_refresh
from supertokens_lambda.settings import settings

if settings().refresh_with == "browser-sdk":
    from browser_sdk import handler
else:
    from supertokens_lambda.handlers import refresh as handler

__all__ = ["handler"]

prepare_refresh()
