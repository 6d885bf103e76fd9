"""ANY /auth/{proxy+}: SuperTokens' API, and the refresh that needs no JavaScript."""

from supertokens_lambda import _runtime as runtime
from supertokens_lambda.handlers import auth as handler

__all__ = ["handler"]

runtime.prepare_sdk()
