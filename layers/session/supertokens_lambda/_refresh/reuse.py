"""The reuse interval: two refreshes with one refresh token, moments apart, get the same new tokens.

Without it, two tabs that refresh at once would each get a different successor of the refresh token. The core takes the
successor that is used first for the valid one, and the other for stolen: its next refresh would end the session.
"""

from __future__ import annotations

import json
from itertools import chain, repeat
from typing import TYPE_CHECKING

from supertokens_lambda._log import log_fault
from supertokens_lambda._refresh.encryption import decrypt, encrypt
from supertokens_lambda._refresh.store import COMPLETED, key_of
from supertokens_lambda._refresh.tokens import from_record, to_record

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from supertokens_lambda._clock import Clock
    from supertokens_lambda._refresh.store import Store
    from supertokens_lambda._refresh.tokens import Tokens

_WAITS = (0.03, 0.05, 0.1)  # seconds; most refreshes end within the first or second wait


class ReuseInterval:
    """Lets refreshes with one token share a result.

    If the store fails, the fault is logged and this refresh goes to the core without the protection.

    Parameters
    ----------
    open_store : callable
        Returns the store; it is called before the first use.
    interval : int
        Seconds within which a result is reused.
    clock : Clock
        The clock of the instance.
    """

    def __init__(self, open_store: Callable[[], Store], interval: int, clock: Clock) -> None:
        self._open_store = open_store
        self._interval = interval
        self._clock = clock
        self._store: Store | None = None

    def begin(self, refresh_token: str, context: bytes, ends_at: float) -> tuple[Tokens | None, bool]:
        """Start a refresh, or wait for a running one with the same token; like `beginning`, but sleep as it says."""
        steps = self.beginning(refresh_token, context, ends_at)
        while True:
            try:
                self._clock.sleep(next(steps))
            except StopIteration as end:
                begun: tuple[Tokens | None, bool] = end.value
                return begun

    def beginning(
        self, refresh_token: str, context: bytes, ends_at: float
    ) -> Generator[float, None, tuple[Tokens | None, bool]]:
        """Start a refresh; yield the seconds to wait before asking the store again.

        Parameters
        ----------
        refresh_token : str
            The token to refresh with.
        context : bytes
            From `context_of`.
        ends_at : float
            The deadline of this refresh, by the monotonic clock.

        Returns
        -------
        tuple of (Tokens or None, bool)
            The tokens of an earlier refresh, or None; and whether this refresh is recorded, so that others wait for it
            until the deadline.
        """
        try:
            data = yield from self._waited(key_of(refresh_token), ends_at)
            if data is None:
                return None, True
            return self._tokens(decrypt(_result(data), refresh_token, context)), False
        except Exception as error:  # noqa: BLE001 - a fault of the store, or a malformed record, must not fail a refresh
            log_fault(error)
            return None, False

    def complete(self, refresh_token: str, context: bytes, tokens: Tokens) -> None:
        """Write the result of a refresh for the requests that wait for it."""
        try:
            now = self._clock.time()
            result = encrypt(to_record(tokens, now), refresh_token, context)
            data = json.dumps({"result": result})
            self._opened().complete(key_of(refresh_token), expiration=int(now + self._interval), data=data)
        except Exception as error:  # noqa: BLE001 - the session has its new tokens, whatever fails here
            log_fault(error)

    def give_up(self, refresh_token: str, ends_at: float) -> None:
        """Remove the record of a refresh that failed, so that a waiting request tries."""
        if self._clock.monotonic() >= ends_at:
            return  # The other requests no longer wait, and the record may belong to one of them.
        try:
            self._opened().delete(key_of(refresh_token))
        except Exception as error:  # noqa: BLE001 - the caller raises the error of the refresh
            log_fault(error)

    def refresh(
        self, refresh_token: str, context: bytes, ends_at: float, rotate: Callable[[], Tokens]
    ) -> tuple[Tokens, bool]:
        """Return new tokens, and whether they are those of an earlier refresh.

        Parameters
        ----------
        refresh_token, context, ends_at
            See `beginning`.
        rotate : callable
            Gets new tokens from the core; its errors are raised.
        """
        tokens, has_begun = self.begin(refresh_token, context, ends_at)
        if tokens is not None:
            return tokens, True
        try:
            tokens = rotate()
        except BaseException:
            if has_begun:
                self.give_up(refresh_token, ends_at)
            raise
        if has_begun:
            self.complete(refresh_token, context, tokens)
        return tokens, False

    def prepare(self) -> None:
        """Open the store before the first refresh."""
        try:
            self._opened()
        except Exception as error:  # noqa: BLE001 - the first refresh tries again
            log_fault(error)

    def _waited(self, key: str, ends_at: float) -> Generator[float, None, str | None]:
        """Return the data of an earlier refresh with this token; None once this refresh is recorded."""
        store = self._opened()
        for wait in chain(_WAITS, repeat(_WAITS[-1])):
            now = self._clock.time()
            left = ends_at - self._clock.monotonic()
            if left <= 0:
                raise TimeoutError("another refresh with this token did not end in time")
            found = store.begin(
                key,
                now=now,
                expiration=int(now + self._interval),
                in_progress_expiration=int((now + left) * 1000),
            )
            if found is None:
                return None
            if found.status == COMPLETED:
                return found.data or ""
            # The next `begin` also reads the record again, and takes over from a refresh that failed or timed out.
            yield wait
        raise AssertionError  # the waits have no end

    def _tokens(self, content: bytes) -> Tokens:
        tokens, at = from_record(content)
        # The expiration is in whole seconds and not encrypted, so anybody who can write to the store can change it.
        if self._clock.time() - at > self._interval + 1:
            raise ValueError("the record has outlived the reuse interval")
        return tokens

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._open_store()
        return self._store


def context_of(anti_csrf_token: str | None, *, is_checked: bool) -> bytes:
    """Return the context of a result: only requests with the same anti-CSRF token share it, if the core checks it."""
    return json.dumps(anti_csrf_token if is_checked else None).encode()


def _result(data: str) -> str:
    content = json.loads(data)
    if not (isinstance(content, dict) and isinstance(content.get("result"), str)):
        raise TypeError("expected the record of a refresh, got another one")
    return str(content["result"])
