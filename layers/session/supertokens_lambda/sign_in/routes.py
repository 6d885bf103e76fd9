"""The routes of the sign-in pages, for templates and for a function that serves a whole site."""

from __future__ import annotations

import re

# By recipe, the methods and paths below the sign-in page; the rest there belongs to SuperTokens' API.
ROUTES: dict[str, tuple[tuple[str, str], ...]] = {
    "session": (("GET", ""), ("POST", ""), ("POST", "/sign-out")),
    "emailpassword": (("GET", "/reset-password"), ("POST", "/reset-password")),
    "emailverification": (("GET", "/verify-email"), ("POST", "/verify-email")),
    "passwordless": (("GET", "/code"), ("POST", "/code"), ("GET", "/verify"), ("POST", "/verify")),
    "thirdparty": (("GET", "/thirdparty/{provider}"), ("GET", "/callback/{provider}")),
    "totp": (("GET", "/mfa"), ("GET", "/mfa/{factor}"), ("POST", "/mfa/{factor}")),
}


def is_page(method: str, path: str) -> bool:
    """Check whether a method and a path below the sign-in page are a route of some recipe."""
    return any(
        method == of_route and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", pattern), path)
        for routes in ROUTES.values()
        for of_route, pattern in routes
    )
