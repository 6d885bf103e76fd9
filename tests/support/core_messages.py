"""Requests to the in-memory core, its answers, and the answers of a core that fails."""

from typing import Literal, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Call(NamedTuple):
    """A request to the core."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def api_key(self) -> str | None:
        return self.headers.get("api-key")


class Reply(NamedTuple):
    """An answer of the core."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


Fault = (
    Literal[
        "refuses",  # no connection is accepted
        "hangs",  # calls are processed when the fault is over
        "never answers",  # calls are never processed
        "answers 500",
        "answers 401",
        "starts",
        "answers garbage",
        "answers HTML",
    ]
    | tuple[int, str | bytes]
)


def _reply(status: int, body: str | bytes, content_type: str = "application/json") -> Reply:
    content = body.encode() if isinstance(body, str) else body
    length = str(len(content)).encode()
    return Reply(status, content, ((b"content-type", content_type.encode()), (b"content-length", length)))


_REPLIES = {
    "answers 500": _reply(500, "Internal Server Error\n", "text/html; charset=utf-8"),
    "answers 401": _reply(401, "Invalid API key\n", "text/html; charset=utf-8"),
    "starts": _reply(404, "<!doctype html><title>HTTP Status 404</title>", "text/html; charset=utf-8"),
    "answers garbage": _reply(200, b"\xff\x00{]"),
    "answers HTML": _reply(200, "<!doctype html><title>A captive portal</title>", "text/html; charset=utf-8"),
}


def reply_of(fault: Fault | None) -> Reply | None:
    """Return what a failing core answers, or None if the fault is another."""
    return _reply(*fault) if isinstance(fault, tuple) else _REPLIES.get(fault or "")


async def read(scope: Scope, receive: Receive) -> Call:
    """Read a request to its end."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    return Call(scope["method"], scope["path"], headers, body)


async def ask(app: ASGIApp, scope: Scope, body: bytes) -> Reply:
    """Return the answer of an application to a request that was read."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, keep)
    content = b"".join(message.get("body", b"") for message in sent)
    return Reply(sent[0]["status"], content, tuple(sent[0]["headers"]))


async def write(send: Send, reply: Reply) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": reply.body})
