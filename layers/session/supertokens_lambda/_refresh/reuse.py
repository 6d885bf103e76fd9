"""The reuse interval: two refreshes with one refresh token, moments apart, get the same new tokens.

Two tabs that refresh at once would be given a child of the refresh token each. The first child that is seen in use
takes the token's place, and the other one is a stolen token from then on: at its next refresh the session would end.
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

_WAITS = (0.03, 0.05, 0.1)  # seconds; most refreshes are over after one or two of them


class ReuseInterval:
    """Lets refreshes with one token share a result.

    A fault of the store costs the protection of that one refresh, and is logged: the core decides.

    Parameters
    ----------
    open_store : callable
        Returns the store when it is first needed.
    interval : int
        Seconds within which a result is reused.
    clock : Clock
        The instance's.
    """

    def __init__(self, open_store: Callable[[], Store], interval: int, clock: Clock) -> None:
        self._open_store = open_store
        self._interval = interval
        self._clock = clock
        self._store: Store | None = None

    def begin(self, refresh_token: str, context: bytes, ends_at: float) -> tuple[Tokens | None, bool]:
        """Begin a refresh, or wait for one with the same token that has begun; as `beginning`, with the waits."""
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
        """Begin a refresh; yield the seconds to wait before looking again.

        Parameters
        ----------
        refresh_token : str
            The token to refresh with.
        context : bytes
            From `context_of`.
        ends_at : float
            When this refresh is over one way or another, by the monotonic clock.

        Returns
        -------
        tuple of (Tokens or None, bool)
            The tokens of an earlier refresh; or None, and whether others wait for this one from now on, until its
            time is up.
        """
        try:
            data = yield from self._waited(key_of(refresh_token), ends_at)
            if data is None:
                return None, True
            return self._tokens(decrypt(_result(data), refresh_token, context)), False
        except Exception as error:  # noqa: BLE001 - whatever the store, or whoever writes to it, may come up with
            log_fault(error)
            return None, False

    def complete(self, refresh_token: str, context: bytes, tokens: Tokens) -> None:
        """Keep the result of a refresh for those that wait."""
        try:
            now = self._clock.time()
            result = encrypt(to_record(tokens, now), refresh_token, context)
            data = json.dumps({"result": result})
            self._opened().complete(key_of(refresh_token), expiration=int(now + self._interval), data=data)
        except Exception as error:  # noqa: BLE001 - the tokens are there, and no fault takes them away
            log_fault(error)

    def give_up(self, refresh_token: str, ends_at: float) -> None:
        """Let others try: the refresh failed."""
        if self._clock.monotonic() >= ends_at:
            return  # Others wait no longer, and the record may be one of theirs.
        try:
            self._opened().delete(key_of(refresh_token))
        except Exception as error:  # noqa: BLE001 - the refresh's own error counts
            log_fault(error)

    def refresh(
        self, refresh_token: str, context: bytes, ends_at: float, rotate: Callable[[], Tokens]
    ) -> tuple[Tokens, bool]:
        """Return new tokens, and whether they are those of an earlier refresh.

        Parameters
        ----------
        refresh_token, context, ends_at
            As of `beginning`.
        rotate : callable
            Asks the core; what it raises is raised.
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
        """Open the store ahead of a refresh."""
        try:
            self._opened()
        except Exception as error:  # noqa: BLE001 - the refresh finds out once more
            log_fault(error)

    def _waited(self, key: str, ends_at: float) -> Generator[float, None, str | None]:
        """Return the data of an earlier refresh with this token; None once this one has begun."""
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
            # To begin is also how to look again: it takes over from one that failed or is out of time.
            yield wait
        raise AssertionError  # the waits have no end

    def _tokens(self, content: bytes) -> Tokens:
        tokens, at = from_record(content)
        # The expiration counts in whole seconds, and is not encrypted: whoever can write to the store can change it.
        if self._clock.time() - at > self._interval + 1:
            raise ValueError("the record has outlived the reuse interval")
        return tokens

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._open_store()
        return self._store


def context_of(anti_csrf_token: str | None, *, is_checked: bool) -> bytes:
    """Return what must be the same for a result to be reused: the anti-CSRF token, if the core checks it."""
    return json.dumps(anti_csrf_token if is_checked else None).encode()


def _result(data: str) -> str:
    content = json.loads(data)
    if not (isinstance(content, dict) and isinstance(content.get("result"), str)):
        raise TypeError("expected the record of a refresh, got another")
    return str(content["result"])
