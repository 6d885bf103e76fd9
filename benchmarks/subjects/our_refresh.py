"""The toolkit's handler `refresh`."""

from supertokens_lambda.handlers import refresh as handler

__all__ = ["handler"]
