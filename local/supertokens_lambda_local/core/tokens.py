"""Tokens that are mailed to users, and the hashes that stand for tokens wherever they are kept."""

import base64
import hashlib
import secrets


def new_token() -> str:
    """Return 128 random letters and digits."""
    return base64.b64encode(secrets.token_hex(48).encode()).decode()


def sha256(token: str) -> str:
    """Return the lower-case hex SHA-256 of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
