"""A TCP proxy on loopback that is a network away: whatever it passes on arrives later, and so does a connection."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def far_away(port: int, each_way: float) -> Iterator[int]:
    """Serve a port of this machine as from far away.

    Parameters
    ----------
    port : int
        What is served.
    each_way : float
        Seconds that bytes travel. Before its first bytes a connection waits for the round trip of a TCP handshake.

    Yields
    ------
    int
        The port of the proxy.
    """
    loop = asyncio.new_event_loop()
    proxy = _Proxy(port, each_way)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(proxy.start(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(proxy.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Proxy:
    def __init__(self, port: int, each_way: float) -> None:
        self._port = port
        self._each_way = each_way
        self._server: asyncio.Server
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101 - asyncio runs this one as a task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        connected = asyncio.get_running_loop().time() + 2 * self._each_way
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            await asyncio.gather(self._carry(reader, far_writer, connected), self._carry(far_reader, writer, connected))
        finally:
            for end in (writer, far_writer):
                end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connected: float) -> None:
        """Pass bytes on one way; more may be sent while others are delayed."""
        loop = asyncio.get_running_loop()
        travelling: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def depart() -> None:
            data = b"-"
            while data:
                data = b""
                with suppress(ConnectionError):
                    data = await reader.read(65_536)
                travelling.put_nowait((max(loop.time(), connected) + self._each_way, data))

        async def arrive() -> None:
            while True:
                due, data = await travelling.get()
                await asyncio.sleep(due - loop.time())
                if not data:
                    break
                writer.write(data)
            with suppress(OSError):
                writer.close()

        await asyncio.gather(depart(), arrive())
