"""The gateway and a core in one process, until it is stopped."""

import asyncio
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import uvicorn

from supertokens_lambda_local.core import CoreConfig, create_core, introduction
from supertokens_lambda_local.errors import LocalError
from supertokens_lambda_local.gateway.app import Gateway
from supertokens_lambda_local.gateway.console import Console
from supertokens_lambda_local.gateway.environment import CONNECTION_URI, given_environment, toolkit_environment
from supertokens_lambda_local.gateway.remarks import remarks
from supertokens_lambda_local.gateway.sockets import Listener, listen
from supertokens_lambda_local.gateway.tls import self_signed
from supertokens_lambda_local.services import Services
from supertokens_lambda_local.template.model import Application
from supertokens_lambda_local.template.parameters import DEFAULT_CONFIG_ENV
from supertokens_lambda_local.template.reader import check_served, read_template

_THIS_MACHINE = {"0.0.0.0", "::", "127.0.0.1", "::1", "localhost"}  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True)
class Options:
    """What to run, and how.

    Attributes
    ----------
    template : Path
        The SAM template.
    host : str
        The name or address to listen on.
    port : int
        The port to listen on, or 0 for any that is free.
    access_token_validity : int
        Life of an access token of the in-memory core's, in seconds.
    data : Path or None
        The file that keeps the state of the in-memory core.
    environment : mapping of str to str
        Environment variables of the functions, before all others. With ``SUPERTOKENS_CONNECTION_URI`` among them, or
        among this process's own, that core is used, and none is started.
    parameters : mapping of str to str
        Values of the template's parameters, instead of their defaults.
    config_env : str
        The table of samconfig.toml that parameters are taken from.
    tls : ssl.SSLContext or None
        For HTTPS; with none browsers come over HTTP.
    """

    template: Path
    host: str = "localhost"
    port: int = 3000
    access_token_validity: int = 3600
    data: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    config_env: str = DEFAULT_CONFIG_ENV
    tls: ssl.SSLContext | None = None


class LocalApplication:
    """An application that listens already, and answers once it is served.

    Parameters
    ----------
    options : Options
        What to run, and how.
    console : Console
        What is shown of it.

    Attributes
    ----------
    url : str
        Where it is, without a slash at the end.

    Raises
    ------
    LocalError
        If the template cannot be used, or the port.
    """

    def __init__(self, options: Options, console: Console) -> None:
        application = _read(options)
        config = CoreConfig(access_token_validity=options.access_token_validity, data=options.data)
        listener = listen(options.host, options.port)
        scheme = "https" if options.tls else "http"
        self.url = f"{scheme}://{'localhost' if options.host in _THIS_MACHINE else options.host}:{listener.port}"
        given = given_environment(options.environment)
        core = given.get(CONNECTION_URI)
        console.line(f"{options.template} is served at {self.url}, until Ctrl-C")
        self._servers: list[_Server] = []
        if core and options.data:
            listener.close()
            raise LocalError("--data keeps the in-memory core, but another core is given; leave out one of the two")
        if core:
            console.line(f"Core: {_without_password(core)}")
        else:
            core_listener = listen("127.0.0.1", 0)
            core = f"http://127.0.0.1:{core_listener.port}"
            self._servers.append(_Server(create_core(config), core_listener))
            console.line(f"Core: in memory, at {core}; an access token is valid for {config.access_token_validity} s")
        environment = toolkit_environment(core, self.url, given)
        self._services = Services(self.url, environment, console.line)
        environment = {**self._services.environment, **environment}
        self._gateway = Gateway(application, environment, console, port=listener.port)
        site = self._services.beside(self._gateway, options.host)
        self._servers += [_Server(site, listener, options.tls), _Server(self._services.app, self._services.listener)]
        console.application(application, environment)
        for line in remarks(application, environment):
            console.line(line)
        for line in self._services.remarks(application):
            console.line(line)
        if not given.get(CONNECTION_URI):
            console.line(f"Core in memory: {introduction(config)}")

    async def serve(self, stop: asyncio.Event) -> None:
        """Serve requests until an event is set, then close the functions' processes and the sockets."""
        async with self._services.mail_served(), asyncio.TaskGroup() as tasks:
            for server in self._servers:
                tasks.create_task(server.serve(sockets=server.listener.sockets))
            await stop.wait()
            # Without their functions the requests under way end at once, and no server has to wait for them.
            await self._gateway.stop()
            for server in self._servers:
                server.should_exit = True


def check(options: Options, console: Console) -> None:
    """Read a template and show what would be served, without serving it.

    Raises
    ------
    LocalError
        If the template cannot be used.
    """
    application = _read(options)
    console.line(f"{options.template} can be served")
    console.application(application, ())


def _read(options: Options) -> Application:
    application = read_template(options.template, options.parameters, options.config_env)
    check_served(options.template, application)
    return application


@contextmanager
def running(
    template: Path,
    *,
    port: int = 0,
    access_token_validity: int = 3600,
    environment: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    https: bool = False,
    output: TextIO | None = None,
) -> Iterator[str]:
    """Run an application beside a test, in a separate thread.

    Parameters
    ----------
    template : Path
        The SAM template.
    port : int
        The port to listen on, or 0 for any that is free.
    access_token_validity : int
        Life of an access token of the in-memory core's, in seconds.
    environment : mapping of str to str, optional
        Environment variables of the functions, before all others.
    parameters : mapping of str to str, optional
        Values of the template's parameters, instead of their defaults.
    https : bool
        Whether browsers come over HTTPS, with a certificate that nobody vouches for.
    output : TextIO, optional
        Where requests are printed; the standard output if left out.

    Yields
    ------
    str
        The URL, without a slash at the end.

    Raises
    ------
    LocalError
        If the template cannot be used, or the port.
    """
    options = Options(
        template,
        port=port,
        access_token_validity=access_token_validity,
        environment=environment or {},
        parameters=parameters or {},
        tls=self_signed("localhost") if https else None,
    )
    application = LocalApplication(options, Console(output))
    ready: Future[Callable[[], object]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        ready.set_result(partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set))
        await application.serve(stop)

    # The loop is all that thread's: one that tests have in theirs, as Playwright's, would be in its way.
    with ThreadPoolExecutor(1) as thread:
        served = thread.submit(asyncio.run, serve())
        end = ready.result()
        try:
            yield application.url
        finally:
            end()
            served.result()


class _Server(uvicorn.Server):
    def __init__(self, app: Any, listener: Listener, tls: ssl.SSLContext | None = None) -> None:
        self.listener = listener
        config = uvicorn.Config(
            app,
            interface="asgi3",
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=60,  # the default is what clients take too, and they would find it closed as they use it
            timeout_graceful_shutdown=2,
        )
        # The parameters would take files alone.
        config.load()
        config.ssl = tls
        super().__init__(config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Yield without handling signals: there are several servers, and one end for all."""
        yield


def _without_password(uri: str) -> str:
    return re.sub(r"//[^/@;]*@", "//", uri)
