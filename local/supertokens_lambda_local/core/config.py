"""The core's settings."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

KEY_OVERLAP = 60
"""Seconds that a new dynamic key is published before it signs (SuperTokens core, AccessTokenSigningKey)."""


@dataclass(frozen=True)
class CoreConfig:
    """How long tokens and keys live, and who may call.

    The names and defaults are those of SuperTokens' own ``config.yaml``; all durations are in seconds.

    Parameters
    ----------
    access_token_validity
        Life of an access token.
    refresh_token_validity
        Life of a session since its refresh token was last replaced: 100 days.
    signing_key_interval
        How long a dynamic key signs before the next one takes over: a week. More than 60, the overlap of two keys.
    api_keys
        The keys that callers may present; with none, every caller is served. Never part of the ``repr``.
    clock
        Seconds since the epoch; tests pass their own to move time.

    Raises
    ------
    ValueError
        A duration is too short to be one.
    """

    access_token_validity: int = 3600
    refresh_token_validity: int = 144_000 * 60
    signing_key_interval: int = 168 * 3600
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        for name, shortest in (
            ("access_token_validity", 1),
            ("refresh_token_validity", 1),
            ("signing_key_interval", KEY_OVERLAP + 1),
        ):
            if getattr(self, name) < shortest:
                raise ValueError(f"{name} must be at least {shortest} seconds")

    def now(self) -> int:
        """Milliseconds since the epoch, the unit of every time in the core."""
        return int(self.clock() * 1000)
