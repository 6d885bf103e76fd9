"""The sessions that a form may end, also with access tokens that have expired."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from supertokens_lambda._guard.evidence import presented_tokens
from supertokens_lambda._verification.access_token import AccessToken, NotATokenError
from supertokens_lambda._verification.session_tokens import bearer_token
from supertokens_lambda._verification.signature import is_signed

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._verification.signing_keys import SigningKeys

# Seconds since a token expired. The core publishes a dynamic key for about as long after its last token; a static key
# never changes, and a token of years ago, from a log or a backup, is to end no session.
LONGEST_AGE = 7 * 24 * 3600


def sent_tokens(request: Request) -> list[AccessToken]:
    """Return the access tokens of a request, not yet verified: all of its cookies, and that of its header."""
    raw = [*presented_tokens(request)]
    bearer = bearer_token(request)
    if bearer is not None:
        raw.append(bearer)
    return [token for token in map(_parsed, raw) if token is not None]


def handles_of(tokens: list[AccessToken], keys: SigningKeys) -> list[str]:
    """Return the handles of the sessions whose tokens the core has signed, and that expired a week ago at most.

    The signature says whose session it is, and nobody refreshes in order to leave. Of two tokens none is known to be
    the session's, and whoever holds both may end both.

    Raises
    ------
    KeysUnreachableError
        The key of a token is unknown, and the core is unavailable.
    """
    handles = {token.text("sessionHandle") for token in tokens if _may_end(token, keys)}
    return sorted(handle for handle in handles if handle)


def _parsed(raw: str) -> AccessToken | None:
    try:
        return AccessToken(raw)
    except NotATokenError:
        return None


def _may_end(token: AccessToken, keys: SigningKeys) -> bool:
    key = keys.find(token.header.kid)
    return key is not None and is_signed(token, key) and time.time() < token.claims["exp"] + LONGEST_AGE
