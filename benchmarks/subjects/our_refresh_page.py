"""The toolkit's handler `refresh_session`."""

from supertokens_lambda.handlers import refresh_session as handler

__all__ = ["handler"]
