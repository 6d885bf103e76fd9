"""The redirection of what a function would send from this machine to its mailbox.

The SDK of SuperTokens has the address of its service in its code, and applications name their mail servers. So the
clients are redirected, httpx and aiosmtplib, in the processes of functions alone. Neither is imported for it.
"""

from __future__ import annotations

import sys
from functools import partial, wraps
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

MAILBOX: Final = "SUPERTOKENS_DEV_MAILBOX"
MAIL_SERVER: Final = "SUPERTOKENS_DEV_MAIL_SERVER"
_HOSTS: Final = ("api.supertokens.io", "api.supertokens.com")


def redirect_messages(environment: Mapping[str, str]) -> None:
    """Redirect the messages of this process, if its environment says where to.

    Parameters
    ----------
    environment : mapping of str to str
        ``SUPERTOKENS_DEV_MAILBOX`` is an origin, ``SUPERTOKENS_DEV_MAIL_SERVER`` a host and a port.
    """
    changes: dict[str, Callable[[Any], None]] = {}
    if mailbox := environment.get(MAILBOX):
        changes["httpx"] = partial(_redirect_http, mailbox)
    if server := environment.get(MAIL_SERVER):
        changes["aiosmtplib"] = partial(_redirect_smtp, server)
    for name in [name for name in changes if name in sys.modules]:
        changes.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, _Changing(changes))


class _Changing(MetaPathFinder):
    """Finds modules as usual, and changes some once they are imported."""

    def __init__(self, changes: Mapping[str, Callable[[Any], None]]) -> None:
        self._changes = changes

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        change = self._changes.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if change else None
        if change is None or spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            change(module)

        vars(spec.loader)["exec_module"] = exec_module
        return spec


def _redirect_http(mailbox: str, httpx: Any) -> None:
    origin = httpx.URL(mailbox)
    handle = httpx.AsyncHTTPTransport.handle_async_request

    @wraps(handle)
    async def handle_async_request(transport: Any, request: Any) -> Any:
        if request.url.host in _HOSTS:
            request.url = request.url.copy_with(scheme=origin.scheme, host=origin.host, port=origin.port)
            request.headers["host"] = request.url.netloc.decode("ascii")
        return await handle(transport, request)

    httpx.AsyncHTTPTransport.handle_async_request = handle_async_request


def _redirect_smtp(server: str, aiosmtplib: Any) -> None:
    host, _, port = server.rpartition(":")
    connect = aiosmtplib.SMTP.connect

    @wraps(connect)
    async def connect_here(client: Any, **options: Any) -> Any:
        here = {"hostname": host, "port": int(port), "use_tls": False, "start_tls": False}
        return await connect(client, **{**options, **here})

    aiosmtplib.SMTP.connect = connect_here
