"""What a genuine core speaks and the core in memory does not."""

from typing import Final

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import RefusedError

_UNSPOKEN: Final = ("/recipe/oauth", "/recipe/webauthn", "/recipe/saml", "/bulk-import")
"""Where the paths begin."""


def refusal(path: str) -> RefusedError:
    """Return the answer at a path that has no route: 404 as from a core without it, since the core itself is there."""
    start = next((start for start in _UNSPOKEN if f"{start}/" in f"{path}/"), None)
    if start is None:
        return RefusedError(404, "Not found")
    return RefusedError(404, f"the core in memory does not know {path[path.index(start) :]}; run a core: {_HOW}")


def introduction(config: CoreConfig) -> str:
    """Return a line for the start: what the core does not know, and where its state is kept."""
    state = "is forgotten when it stops" if config.data is None else f"is kept in {config.data}"
    unspoken = ", ".join(f"{start}/..." for start in _UNSPOKEN)
    return f"its state {state}; it does not know {unspoken} (for these run a core: {_HOW})"


_HOW: Final = "https://supertokens.com/docs/deployment/self-host-supertokens"
