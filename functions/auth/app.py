"""ANY /auth/{proxy+}: SuperTokens' API."""

from supertokens_lambda.handlers import auth as handler
from supertokens_lambda.handlers import prepare_sdk

__all__ = ["handler"]

prepare_sdk()
