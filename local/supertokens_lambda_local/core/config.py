"""The core's own settings, and how it imitates another core's."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supertokens_lambda_local.core.settings import check_settings

KEY_OVERLAP = 60
"""Seconds that a new dynamic key is published before it signs (SuperTokens core, AccessTokenSigningKey)."""


@dataclass(frozen=True)
class CoreConfig:
    """How long tokens and keys live, who may call, and which core to imitate.

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
    settings
        Other settings of ``config.yaml``, by their names there and in their units.
    paid_features
        Whether the features are on that need a license.
    data
        A file that keeps the state of the core; without one it ends with the process.
    shortening
        The largest part of an access token's life that is cut off at random, as core 12.1 cuts 0.05.
    seed
        For the randomness of ``shortening``.
    startup
        How long each path answers 404 with an HTML page at first, as a core does for some 0.15 seconds.
    requests_per_connection
        After how many requests a connection is closed, as a core does after 100; never if None.
    clock
        Seconds since the epoch; tests pass their own to move time.

    Raises
    ------
    ValueError
        A duration is too short to be one, or a setting is unknown or out of range.
    """

    access_token_validity: int = 3600
    refresh_token_validity: int = 144_000 * 60
    signing_key_interval: int = 168 * 3600
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    paid_features: bool = True
    data: Path | None = None
    shortening: float = 0
    seed: int = 0
    startup: float = 0
    requests_per_connection: int | None = None
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        for name, shortest in (
            ("access_token_validity", 1),
            ("refresh_token_validity", 1),
            ("signing_key_interval", KEY_OVERLAP + 1),
        ):
            if getattr(self, name) < shortest:
                raise ValueError(f"{name} must be at least {shortest} seconds")
        if not 0 <= self.shortening < 1:
            raise ValueError("shortening must be a part of 1")
        if problem := check_settings(self.settings):
            raise ValueError(problem)

    def now(self) -> int:
        """Return milliseconds since the epoch, the unit of every time in the core."""
        return int(self.clock() * 1000)
