"""The sign-in pages: plain forms that need no JavaScript.

``supertokens-lambda init --eject sign-in`` copies this package into the application, to be edited there.
"""

from __future__ import annotations

from supertokens_lambda.sign_in.pages import handler

__all__ = ["ROUTES", "handler"]

# Method and path below the sign-in page; the rest of that path belongs to SuperTokens' API.
ROUTES: tuple[tuple[str, str], ...] = (("GET", ""), ("POST", ""), ("POST", "/sign-out"))
