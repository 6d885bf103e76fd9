"""The toolkit's handler `auth`."""

from supertokens_lambda.handlers import auth as handler

__all__ = ["handler"]
