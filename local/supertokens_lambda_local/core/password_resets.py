"""Password reset tokens: each good once and for an hour (SuperTokens core, EmailPassword)."""

import secrets
from dataclasses import dataclass

from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import InvalidResetTokenError
from supertokens_lambda_local.core.refresh_tokens import sha256

_VALIDITY = 3_600_000


@dataclass(frozen=True)
class PasswordReset:
    """Whose password may be set, by way of which e-mail address, and until when in milliseconds since the epoch."""

    user_id: str
    email: str
    expiry: int


class PasswordResets:
    """All password resets that have been asked for."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._by_token_hash: dict[str, PasswordReset] = {}

    def create(self, user_id: str, email: str) -> str:
        """Make a token."""
        token = secrets.token_hex(64)
        self._by_token_hash[sha256(token)] = PasswordReset(user_id, email, self._config.now() + _VALIDITY)
        return token

    def consume(self, token: str) -> PasswordReset:
        """Spend a token, and with it all others of its user.

        Raises
        ------
        InvalidResetTokenError
            The token is unknown, spent or expired.
        """
        reset = self._by_token_hash.get(sha256(token))
        if reset is None:
            raise InvalidResetTokenError
        self._by_token_hash = {
            token_hash: other for token_hash, other in self._by_token_hash.items() if other.user_id != reset.user_id
        }
        if reset.expiry < self._config.now():
            raise InvalidResetTokenError
        return reset
