"""$default: the page for addresses that have none."""

from supertokens_lambda.handlers import not_found as handler

__all__ = ["handler"]
