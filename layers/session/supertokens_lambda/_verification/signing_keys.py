"""The keys that access tokens are signed with: fetched once, kept, and asked for again with restraint."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from supertokens_lambda._http.json_text import parse_json
from supertokens_lambda._log import log_fault
from supertokens_lambda._verification import base64url

REFRESH_INTERVAL = 4 * 3600.0  # seconds, as SuperTokens' jwks_refresh_interval_sec
COOL_DOWN = 0.5  # seconds between two fetches, as in SuperTokens' SDK

Keys = Mapping[str, RSAPublicKey]


class KeysUnreachableError(Exception):
    """There are no keys to decide by, and none are to be had now."""


class KeysRefusedError(KeysUnreachableError):
    """There are no keys to decide by: the core answers, and refuses to give them."""


class SigningKeys:
    """The key set of the core.

    Parameters
    ----------
    fetch : callable
        Gives the key set as the core sends it (RFC 7517 section 5), in bytes; raises `OSError` where it cannot, and
        `CoreRefusedError` where the core refuses.
    given : bytes, optional
        A key set that is known beforehand. It is used like one that was just fetched.
    clock : callable
        Seconds, of any beginning.
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
        """Find a key.

        The core is asked where the set is old, or does not have the key: once for all threads, and not again within
        the cool-down, whatever key ids are made up. While the core is down an old set goes on being used.

        Returns
        -------
        RSAPublicKey or None
            None where the core's set does not have it.

        Raises
        ------
        KeysUnreachableError
            The core does not answer, and the set that is there does not have it; `KeysRefusedError` where it refuses.
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
        """The keys there are."""
        return self._keys

    def prefetch(self) -> None:
        """Fetch the key set before the first token comes; where the core is down, that token has to try again."""
        if not self._keys:
            self._ask("")

    def expire(self) -> None:
        """Have the set checked before it is used again: it was made long ago, in a snapshot."""
        self._fresh_until = float("-inf")

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
    """Read a key set, passing over keys that RS256 has no use for.

    Raises
    ------
    ValueError
        It is no key set, or holds no usable key.
    """
    try:
        members = parse_json(key_set)["keys"]
        # Of keys that have one id, SuperTokens' SDK takes the first.
        keys = {key["kid"]: _public_key(key) for key in reversed(members) if _is_rsa(key)}
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("not a JSON Web Key Set") from error
    if not keys:
        raise ValueError("a JSON Web Key Set with no RSA key")
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
