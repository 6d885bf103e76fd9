"""Requests of the SDK to the core, on the connections of the toolkit.

The SDK creates a client for each request. Each one reads the whole CA bundle, connects, and repeats the TLS handshake;
a sign-in makes five requests. Loading the parts of that client takes a tenth of the first sign-in.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from httpx import ConnectError, RemoteProtocolError, Request, Response

from supertokens_lambda._connections.connections import Connections, NotConnectedError
from supertokens_lambda._core_client.client import BUDGET
from supertokens_lambda._deadline import within_invocation

if TYPE_CHECKING:
    from httpx import URL

    from supertokens_lambda._connections.answer import Answer

_MAX_ANSWER = 50_000_000  # bytes: the SDK lists users by the thousand


class CoreCalls:
    """The connections for requests of the SDK, by the server."""

    def __init__(self) -> None:
        self._connections: dict[str, Connections] = {}

    async def send(self, method: str, url: str, **content: Any) -> Response:
        """Send a request to the core.

        It waits on a thread, so that other coroutines go on, on whatever loop.

        Parameters
        ----------
        method, url : str
            Method and URL.
        **content
            Keywords of ``httpx.Request``.

        Raises
        ------
        httpx.ConnectError
            The request was not sent, so the SDK may ask another core.
        httpx.RemoteProtocolError
            There is no answer. After a lost connection only a GET is sent again, once: the server may already have
            processed a request with any other method.
        """
        request = Request(method, url, **content)
        try:
            answer = await asyncio.to_thread(self._answer_to, request)
        except NotConnectedError as error:
            raise ConnectError(str(error)) from error
        except OSError as error:
            raise RemoteProtocolError(str(error)) from error
        return Response(answer.status, headers=[*answer.headers.items()], content=answer.body, request=request)

    def close(self) -> None:
        """Close the idle connections."""
        for connections in self._connections.values():
            connections.close()

    def _answer_to(self, request: Request) -> Answer:
        headers = dict(request.headers)
        has_body = headers.pop("content-length", None) is not None
        return self._connections_to(request.url).call(
            request.method,
            request.url.raw_path.decode("ascii"),
            headers,
            request.content if has_body else None,
            within_invocation(BUDGET),
            is_repeatable=request.method == "GET",
        )

    def _connections_to(self, url: URL) -> Connections:
        server = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if server not in self._connections:
            self._connections[server] = Connections(server, max_body=_MAX_ANSWER)
        return self._connections[server]
