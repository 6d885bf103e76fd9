"""How long an answer may wait for others."""

from __future__ import annotations


class Budgets:
    """Seconds, each for one thing that is waited for.

    Attributes
    ----------
    core : float
        One call to the core.
    page : float
        All that a page or a refresh asks.
    api : float
        All that SuperTokens' API asks for one request: a sign-up asks five times.
    store : float
        One question to the store of refreshes.
    aws : float
        One question for a secret or a parameter.
    keys_cool_down : float
        Between two fetches of the signing keys, as in SuperTokens' SDK.
    """

    CORE: float = 3.0
    PAGE: float = 3.0
    API: float = 5.0
    STORE: float = 1.0
    AWS: float = 3.0
    KEYS_COOL_DOWN: float = 0.5

    __slots__ = ("api", "aws", "core", "keys_cool_down", "page", "store")

    def __init__(self) -> None:
        self.core: float = self.CORE
        self.page: float = self.PAGE
        self.api: float = self.API
        self.store: float = self.STORE
        self.aws: float = self.AWS
        self.keys_cool_down: float = self.KEYS_COOL_DOWN
