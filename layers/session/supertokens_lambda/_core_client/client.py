"""The two calls to SuperTokens' core (its CDI 5.4) that verification makes, on connections that are kept."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from supertokens_lambda._core_client.refusal import refusal
from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._http.json_text import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

CDI_VERSION = "5.4"
BUDGET = 3.0  # seconds that a call may take

_MAX_ANSWER = 1_000_000  # bytes
_JSON = "application/json; charset=utf-8"  # what names no charset is Latin-1 to the core


class CoreUnreachableError(OSError):
    """No core answers in time, or what answers is not a core; the message quotes nothing."""

    may_be_logged: bool = True


class Core:
    """A SuperTokens core, or several that stand in for each other.

    Parameters
    ----------
    uris : tuple of str
        Base URLs, in the order in which they are tried.
    api_key : callable
        Gives the API key, or None; asked when it is first needed.
    """

    def __init__(self, uris: tuple[str, ...], api_key: Callable[[], str | None]) -> None:
        self._hosts = [_Host(uri) for uri in uris]
        self._api_key = api_key

    def key_set(self, budget: float = BUDGET) -> bytes:
        """Fetch the key set, as it is sent.

        Raises
        ------
        CoreUnreachableError
            No core gave one in time.
        CoreRefusedError
            A core answered that it does not give one.
        """
        return self._call("GET", "/.well-known/jwks.json", {}, None, budget)

    def verify_session(self, content: dict[str, Any], budget: float = BUDGET) -> dict[str, Any]:
        """Have the core verify an access token: ``POST /recipe/session/verify``; see `refresh_session`."""
        return self._post("/recipe/session/verify", content, budget)

    def refresh_session(self, content: dict[str, Any], budget: float = BUDGET) -> dict[str, Any]:
        """Have the core make new tokens of a refresh token: ``POST /recipe/session/refresh``.

        Parameters
        ----------
        content : dict
            The body.
        budget : float
            Seconds.

        Returns
        -------
        dict
            The core's answer, with its ``status``.

        Raises
        ------
        CoreUnreachableError
            No core gave one in time.
        CoreRefusedError
            A core answered, and refused the call.
        ValueError
            The content holds half a character, which SuperTokens' SDK does not send either.
        """
        return self._post("/recipe/session/refresh", content, budget)

    def _post(self, path: str, content: dict[str, Any], budget: float) -> dict[str, Any]:
        headers = {"cdi-version": CDI_VERSION, "content-type": _JSON, "rid": "session"}
        api_key = self._api_key()
        if api_key:
            headers["api-key"] = api_key
        body = json.dumps(content, ensure_ascii=False).encode()
        answer = self._call("POST", path, headers, body, budget, sent=(content, api_key))
        try:
            found = parse_json(answer)
        except ValueError as error:
            raise CoreUnreachableError("the core's answer is not JSON") from error
        if not isinstance(found, dict):
            raise CoreUnreachableError("the core's answer is not an object")
        return found

    def close(self) -> None:
        """Close the connections that wait for the next call."""
        for host in self._hosts:
            host.close()

    def _call(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        budget: float,
        *,
        sent: object = None,
    ) -> bytes:
        deadline = time.monotonic() + within_invocation(budget)
        problem: Exception = CoreUnreachableError("there is no core")
        for number, host in enumerate(list(self._hosts)):
            # What is left is shared, so that one core that hangs does not use up the others' time.
            share = (deadline - time.monotonic()) / (len(self._hosts) - number)
            try:
                attempt = _Attempt()
                send = partial(host.call, attempt, method, path, headers, body)
                status, answer = within(share, send, attempt.give_up)
            except CoreUnreachableError as error:
                problem = error
                continue
            except (OSError, ValueError, http.client.HTTPException) as error:
                # Its text may quote what was sent.
                problem = CoreUnreachableError(type(error).__name__)
                continue
            if status != 200:
                problem = refusal(status, answer.decode(errors="replace"), sent) or CoreUnreachableError(
                    f"the core answered {status}"
                )
                continue
            if number:
                self._hosts.insert(0, self._hosts.pop(self._hosts.index(host)))
            return answer
        raise problem from None


class _Attempt:
    """A call that may be given up while it is under way."""

    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None
        self._is_given_up = False

    def uses(self, connection: http.client.HTTPConnection) -> None:
        """Take note of the connection that is to be shut down."""
        self._connection = connection
        if self._is_given_up:
            raise CoreUnreachableError("the core did not answer in time")

    def give_up(self) -> None:
        """End whatever waits for an answer, so that neither its thread nor its connection stays behind."""
        self._is_given_up = True
        waiting = self._connection.sock if self._connection else None
        if waiting is not None:
            with suppress(OSError):
                waiting.shutdown(socket.SHUT_RDWR)


class _Host:
    """One core, and the connections to it that wait for the next call."""

    def __init__(self, uri: str) -> None:
        found = urlsplit(uri)
        self._tls = found.scheme == "https"
        self._address = (found.hostname or "", found.port)
        self._base = found.path.rstrip("/")
        self._idle: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        # A call that nobody waits for any longer may bring its connection back after all others were closed.
        self.close()

    def call(
        self, attempt: _Attempt, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, bytes]:
        for _ in range(len(self._idle)):
            try:
                return self._send(attempt, self._idle.pop(), method, path, headers, body)
            except CoreUnreachableError:
                raise
            except (OSError, http.client.HTTPException, IndexError):
                # The core, or a balancer before it, closes connections that have waited, as do frozen instances.
                continue
        return self._send(attempt, self._connection(), method, path, headers, body)

    def _send(
        self,
        attempt: _Attempt,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
    ) -> tuple[int, bytes]:
        try:
            if connection.sock is None:
                connection.connect()
            attempt.uses(connection)
            connection.request(method, self._base + path, body, headers)
            response = connection.getresponse()
            with response:
                answer = _whole(response)
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            self._idle.append(connection)
        return response.status, answer

    def _connection(self) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection(*self._address, timeout=BUDGET)
        return http.client.HTTPSConnection(*self._address, timeout=BUDGET)


def _whole(response: http.client.HTTPResponse) -> bytes:
    """Read an answer to its end; a part of one is as good as none."""
    expected = response.length
    answer = response.read(_MAX_ANSWER)
    if response.read(1):
        raise CoreUnreachableError("the core's answer has no end")
    if expected is not None and len(answer) < expected:
        raise http.client.IncompleteRead(answer, expected - len(answer))
    return answer


def within(budget: float, call: Callable[[], _T], give_up: Callable[[], None] = lambda: None) -> _T:
    """Run a call on a thread of its own, and stop waiting when the budget is used up.

    A socket's timeout is for one read: neither a name that does not resolve nor an answer that comes byte by byte
    ends by it.

    Parameters
    ----------
    budget : float
        Seconds.
    call : callable
        What it gives is given, what it raises is raised.
    give_up : callable
        Ends the call, which nobody waits for any longer.

    Raises
    ------
    CoreUnreachableError
        The budget is used up.
    """
    if budget <= 0:
        raise CoreUnreachableError("no time is left to ask the core")
    outcome: list[_T | BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(budget)
    if not outcome:
        give_up()
        raise CoreUnreachableError("the core did not answer in time")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]
