"""The refresh token that a request presents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._guard.evidence import is_signed_out
from supertokens_lambda._http.cookies import decoded
from supertokens_lambda._verification.session_tokens import REFRESH_TOKEN, bearer_token

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._verification.session_tokens import TransferMethod

METHODS: tuple[TransferMethod, ...] = ("cookie", "header")


def token_of_navigation(request: Request) -> str | None:
    """Return the refresh token of a navigation; None if there is not exactly one, or its session ended seconds ago.

    Of two different tokens either may be stale, and presenting a stale one would count as token theft.
    """
    if is_signed_out(request) or request.cookies.get(REFRESH_TOKEN) is None:
        return None
    tokens = {decoded(value) for value in request.cookies.all(REFRESH_TOKEN) if value}
    return tokens.pop() if len(tokens) == 1 else None


def tokens_of_call(request: Request) -> dict[TransferMethod, str | None]:
    """Return the refresh tokens of a call by their transfer method; None where there is none."""
    cookie = request.cookies.get(REFRESH_TOKEN)
    return {"cookie": None if cookie is None else decoded(cookie), "header": bearer_token(request)}
