"""The processes of one function: started when needed, one invocation at a time each, ended when late."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace

from supertokens_lambda_local.gateway import worker
from supertokens_lambda_local.gateway.environment import process_environment
from supertokens_lambda_local.gateway.outcome import ColdStart, FunctionError, Outcome
from supertokens_lambda_local.gateway.source import state_of
from supertokens_lambda_local.template.model import Function

# Lambda bounds the init phase by 10 s, and repeats it within the function's timeout. This machine has more to do than
# one function, and in a new clone no bytecode: only an import that never ends is ended.
_INIT_TIMEOUT = 120.0


class ExecutionEnvironment:
    """One process of a function ("Understanding the Lambda execution environment lifecycle").

    Parameters
    ----------
    function : Function
        The function.
    extra : mapping of str to str
        Variables that come before the function's own.
    has_toolkit : bool
        Whether the function brings the toolkit; else it finds none.

    Attributes
    ----------
    is_usable : bool
        False once the process was ended.
    """

    def __init__(self, function: Function, extra: Mapping[str, str], *, has_toolkit: bool = True) -> None:
        self.is_usable = True
        self._function = function
        self._created = time.monotonic()
        self._executor = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=worker.start,
            initargs=(
                function.handler,
                (function.code_uri, *function.layers),
                process_environment(function, extra),
                function.source,
                has_toolkit,
            ),
        )
        with _interrupts_held():
            self._pid = self._executor.submit(os.getpid)
        self._is_loaded = False

    async def invoke(self, event: str, request_id: str) -> Outcome:
        """Call the handler, after importing it if this is the first time, which is no part of the function's timeout.

        Whatever goes wrong is in the outcome. When the handler cannot be imported, is late, or ends the process, so
        does this environment.
        """
        loaded = Outcome()
        if not self._is_loaded:
            loaded = await self._load()
            if loaded.error is not None:
                await self.stop()
                return loaded
            self._is_loaded = True
        timeout = self._function.timeout
        outcome = await self._call(timeout, worker.invoke, event, request_id, timeout)
        return replace(outcome, output=(*loaded.output, *outcome.output), cold_starts=loaded.cold_starts)

    async def stop(self) -> None:
        """Close the process, and those that it started, whatever they are doing."""
        if not self.is_usable:
            return
        self.is_usable = False
        with suppress(BrokenExecutor, ProcessLookupError, PermissionError):
            os.killpg(await asyncio.wrap_future(self._pid), signal.SIGKILL)
        await asyncio.to_thread(self._executor.shutdown)

    async def _load(self) -> Outcome:
        loaded = await self._call(_INIT_TIMEOUT, worker.load)
        cold_start = ColdStart(self._function.name, round((time.monotonic() - self._created) * 1000))
        return replace(loaded, cold_starts=(cold_start,))

    async def _call(self, limit: float, function: Callable[..., Outcome], *arguments: object) -> Outcome:
        try:
            async with asyncio.timeout(limit):
                return await asyncio.wrap_future(self._executor.submit(function, *arguments))
        except TimeoutError:
            error = FunctionError("Sandbox.Timedout", f"Task timed out after {limit:.2f} seconds")
        except RuntimeError:
            # The executor's, when its process ended by itself or was stopped.
            error = FunctionError("Runtime.ExitError", "The function's process ended")
        await self.stop()
        return Outcome(error=error)


class FunctionPool:
    """The execution environments of a function.

    Parameters
    ----------
    function : Function
        The function.
    extra : mapping of str to str
        Variables that come before the function's own.
    size : int
        How many invocations there are at once; more wait for their turn.
    has_toolkit : bool
        Whether the function brings the toolkit; else it finds none.
    """

    def __init__(
        self, function: Function, extra: Mapping[str, str], size: int = 4, *, has_toolkit: bool = True
    ) -> None:
        self._function = function
        self._extra = extra
        self._has_toolkit = has_toolkit
        self._folders = function.layers if function.source else (function.code_uri, *function.layers)
        self._state = state_of(self._folders)
        self._turns = asyncio.Semaphore(size)
        self._environments: list[ExecutionEnvironment] = []
        self._idle: list[ExecutionEnvironment] = []
        self._is_stopping = False

    async def invoke(self, event: str, request_id: str) -> Outcome:
        """Call the function in an environment that is idle, or in a new one.

        Parameters
        ----------
        event : str
            The event, as JSON.
        request_id : str
            The id of the invocation.
        """
        async with self._turns:
            if self._is_stopping:
                return Outcome(error=FunctionError("Runtime.ExitError", "The application is being stopped"))
            await self._follow_changes()
            environment = self._idle.pop() if self._idle else self._start()
            state = self._state
            outcome = await environment.invoke(event, request_id)
            if environment.is_usable and state == self._state:
                self._idle.append(environment)
            else:
                await self._end(environment)
            return outcome

    async def stop(self) -> None:
        """Close all processes; running calls are answered with an error."""
        self._is_stopping = True
        await asyncio.gather(*(environment.stop() for environment in self._environments))

    async def _follow_changes(self) -> None:
        """Close the environments that have imported code which has changed since."""
        state = await asyncio.to_thread(state_of, self._folders)
        if state != self._state:
            self._state, stale, self._idle = state, self._idle, []
            for environment in stale:
                await self._end(environment)

    async def _end(self, environment: ExecutionEnvironment) -> None:
        self._environments.remove(environment)
        await environment.stop()

    def _start(self) -> ExecutionEnvironment:
        environment = ExecutionEnvironment(self._function, self._extra, has_toolkit=self._has_toolkit)
        self._environments.append(environment)
        return environment


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start a process that ignores Ctrl-C, which a terminal sends to all of them; it inherits the mask."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
