"""The sign-in pages: plain forms that need no JavaScript.

``supertokens-lambda init --eject sign-in`` copies this package into the application, to be edited there.
"""

from __future__ import annotations

from supertokens_lambda.sign_in.pages import handler
from supertokens_lambda.sign_in.routes import ROUTES

__all__ = ["ROUTES", "handler"]
