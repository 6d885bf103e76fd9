"""The keys that access tokens are signed with: fetched from the core, cached, and rarely fetched again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from supertokens_lambda._budgets import Budgets
from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._http.json_text import parse_json
from supertokens_lambda._log import log_fault
from supertokens_lambda._verification import base64url

REFRESH_INTERVAL = 4 * 3600.0  # seconds, as SuperTokens' jwks_refresh_interval_sec
COOL_DOWN = Budgets.keys_cool_down

Keys = Mapping[str, RSAPublicKey]


class KeysUnreachableError(SuperTokensLambdaError):
    """The key is not in the cached set, and the core is unavailable."""


class KeysRefusedError(KeysUnreachableError):
    """The key is not in the cached set, and the core refused to return the set."""


class SigningKeys:
    """The key set of the core.

    Parameters
    ----------
    fetch : callable
        Returns the key set (RFC 7517 section 5) as bytes; raises `OSError` if the core is unavailable, and
        `CoreRefusedError` if it refuses.
    given : bytes, optional
        A key set that is known in advance. It is used as if it had just been fetched.
    clock : callable
        Seconds from an arbitrary start.
    cool_down : float
        Seconds between two fetches.
    """

    def __init__(
        self,
        fetch: Callable[[], bytes],
        given: bytes | None = None,
        clock: Callable[[], float] = time.monotonic,
        cool_down: float = COOL_DOWN,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._cool_down = cool_down
        self._lock = threading.Lock()
        self._keys: Keys = _usable(given) if given else {}
        self._fresh_until = clock() + REFRESH_INTERVAL if given else float("-inf")
        self._asked_at = float("-inf")
        self._failure: type[KeysUnreachableError] | None = KeysUnreachableError

    def find(self, kid: str) -> RSAPublicKey | None:
        """Return a key.

        The set is fetched if it is old or does not have the key: once for all threads, and not again within the
        cool-down, so that invented key ids cause no load. While the core is unavailable, an old set stays in use.

        Returns
        -------
        RSAPublicKey or None
            None if the core's set does not have it.

        Raises
        ------
        KeysUnreachableError
            The cached set does not have it, and the core is unavailable.
        KeysRefusedError
            The cached set does not have it, and the core refused to return a set.
        """
        key = self._keys.get(kid)
        if key is None or self._clock() >= self._fresh_until:
            self._ask(kid)
            key = self._keys.get(kid)
        if key is None and self._failure is not None:
            raise self._failure
        return key

    @property
    def usable(self) -> Keys:
        """The cached keys, by id."""
        return self._keys

    def prefetch(self) -> None:
        """Fetch the key set ahead of the first token; errors are logged, and the first token tries again."""
        if not self._keys:
            self._ask("")

    def expire(self) -> None:
        """Mark the set as old, so that it is fetched before its next use: a snapshot may hold it for days."""
        self._fresh_until = self._asked_at = float("-inf")

    def _ask(self, kid: str) -> None:
        with self._lock:
            now = self._clock()
            if now < self._asked_at + self._cool_down or (kid in self._keys and now < self._fresh_until):
                return
            try:
                self._keys = _usable(self._fetch())
                self._fresh_until = self._clock() + REFRESH_INTERVAL
                self._failure = None
            except (OSError, ValueError) as error:
                from supertokens_lambda._core_client.refusal import CoreRefusedError

                log_fault(error)
                self._failure = KeysRefusedError if isinstance(error, CoreRefusedError) else KeysUnreachableError
            finally:
                self._asked_at = self._clock()


def _usable(key_set: bytes) -> Keys:
    """Return the RSA keys of a key set.

    Raises
    ------
    ValueError
        The text is not a key set, or has no RSA key.
    """
    try:
        members = parse_json(key_set)["keys"]
        # If two keys have the same id, SuperTokens' SDK uses the first.
        keys = {key["kid"]: _public_key(key) for key in reversed(members) if _is_rsa(key)}
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("expected a JSON Web Key Set") from error
    if not keys:
        raise ValueError("the JSON Web Key Set has no RSA key")
    return keys


def _is_rsa(key: Any) -> bool:
    return (
        isinstance(key, dict)
        and key.get("kty") == "RSA"
        and all(isinstance(key.get(n), str) for n in ("kid", "n", "e"))
    )


def _public_key(key: Mapping[str, str]) -> RSAPublicKey:
    n, e = (int.from_bytes(base64url.decode(key[name]), "big") for name in ("n", "e"))
    return RSAPublicNumbers(e, n).public_key()
