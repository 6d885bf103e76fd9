"""What a genuine core speaks and the core in memory does not."""

from typing import Final

from supertokens_lambda_local.core.errors import RefusedError

SPOKEN: Final = (
    "sessions, e-mail and password, passwordless, third party, e-mail verification, user roles, user metadata, "
    "multitenancy, TOTP, account linking, user id mapping, JWT, dashboard users"
)

_UNSPOKEN: Final = ("/recipe/oauth", "/recipe/webauthn", "/recipe/saml", "/bulk-import")


def refusal(path: str) -> RefusedError:
    """Return the answer at a path that has no route, which is never that of a core that is out of reach."""
    start = next((start for start in _UNSPOKEN if f"{start}/" in f"{path}/"), None)
    if start is None:
        return RefusedError(404, "Not found")
    path = path[path.index(start) :]
    return RefusedError(404, f"the core in memory does not know {path}; run a core: https://supertokens.com/docs")


def introduction() -> str:
    """Return a line for the start, of what is spoken and what is not."""
    return f"speaks {SPOKEN}; does not know {', '.join(f'{start}/...' for start in _UNSPOKEN)}"
