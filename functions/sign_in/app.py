"""GET and POST /auth, POST /auth/sign-out: the sign-in pages of the toolkit."""

from supertokens_lambda.handlers import prepare_sdk
from supertokens_lambda.sign_in import handler

__all__ = ["handler"]

prepare_sdk()
