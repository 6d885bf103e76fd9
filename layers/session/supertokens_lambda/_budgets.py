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
    delivery : float
        One e-mail or text message.
    keys_cool_down : float
        Between two fetches of the signing keys, as in SuperTokens' SDK.
    """

    core: float = 3.0
    page: float = 3.0
    api: float = 5.0
    store: float = 1.0
    aws: float = 3.0
    delivery: float = 3.0
    keys_cool_down: float = 0.5
