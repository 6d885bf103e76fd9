"""The mailbox at the origin of the gateway, for this machine alone."""

import ipaddress
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from supertokens_lambda_local.loopback import NO_STORE
from supertokens_lambda_local.mail.mailbox import Mailbox
from supertokens_lambda_local.mail.pages import HOME, JSON, html_of, list_page, message_page, no_message

HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class MailboxSite:
    """Answers requests for the mailbox, and passes all others on.

    A request from another machine, or for the host of another API, is passed on too. So is one for a host that is not
    of this machine: another site that gives its name the address of this machine cannot read the messages.

    Parameters
    ----------
    mailbox : Mailbox
        The messages.
    application : ASGI application
        What answers all other requests.
    hosts : collection of str
        Further names of this machine that browsers come by.
    """

    def __init__(self, mailbox: Mailbox, application: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._mailbox = mailbox
        self._application = application
        self._hosts = HOSTS.union(hosts)
        routes = [
            Route(HOME, self._list),
            Route(JSON, self._json),
            Route(f"{HOME}/{{number:int}}", self._message),
            Route(f"{HOME}/{{number:int}}/html", self._html),
        ]
        self._site = Starlette(routes=routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as an ASGI application."""
        path: str = scope["path"]
        is_ours = path in {HOME, JSON} or path.startswith(f"{HOME}/")
        application = self._site if is_ours and self._is_of_this_machine(scope) else self._application
        await application(scope, receive, send)

    def _is_of_this_machine(self, scope: Scope) -> bool:
        try:
            host = urlsplit(f"//{HTTPConnection(scope).headers.get('host', '')}").hostname
            return host in self._hosts and ipaddress.ip_address(scope["client"][0]).is_loopback
        except ValueError:
            return False

    async def _list(self, _: Request) -> Response:
        return list_page(self._mailbox)

    async def _json(self, _: Request) -> Response:
        messages = [{"number": number, **message.as_json()} for number, message in self._mailbox.newest_first()]
        headers = {**NO_STORE, "cross-origin-resource-policy": "same-origin", "x-content-type-options": "nosniff"}
        return JSONResponse({"messages": messages}, headers=headers)

    async def _message(self, request: Request) -> Response:
        number = request.path_params["number"]
        message = self._mailbox.find(number)
        return message_page(number, message) if message else no_message()

    async def _html(self, request: Request) -> Response:
        message = self._mailbox.find(request.path_params["number"])
        return html_of(message) if message and message.html else no_message()
