"""The end of a connection after some requests, as Tomcat ends it."""

from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ClosingConnections:
    """An ASGI application that tells the server to close a connection after some requests.

    Parameters
    ----------
    app
        What answers.
    requests
        How many requests a connection may carry.
    """

    def __init__(self, app: ASGIApp, requests: int) -> None:
        self._app = app
        self._requests = requests
        self._seen: Counter[tuple[str, int]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send an answer, and close the connection with the last request that it may carry."""
        client = tuple(scope.get("client") or ("", 0))
        self._seen[client] += 1
        is_last = self._seen[client] >= self._requests
        if is_last:
            del self._seen[client]

        async def closing(message: Message) -> None:
            if is_last and message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
            await send(message)

        await self._app(scope, receive, closing)
