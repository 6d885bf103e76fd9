"""GET /refresh-session: where a page sends a browser whose session has to be refreshed."""

from supertokens_lambda import _runtime as runtime

if runtime.settings().refresh_with == "browser-sdk":
    from browser_sdk import handler
else:
    from supertokens_lambda.handlers import refresh_session as handler

__all__ = ["handler"]
