"""What stands in on this machine for the services that functions use: e-mail, SMS and social sign-in."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.types import ASGIApp

from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import Router
from supertokens_lambda_local.gateway.sockets import listen
from supertokens_lambda_local.mail.intake import intake_routes
from supertokens_lambda_local.mail.mailbox import Mailbox
from supertokens_lambda_local.mail.pages import HOME
from supertokens_lambda_local.mail.redirection import MAIL_SERVER, MAILBOX
from supertokens_lambda_local.mail.site import MailboxSite
from supertokens_lambda_local.mail.smtp import mail_server
from supertokens_lambda_local.provider.app import DISCOVERY, Provider
from supertokens_lambda_local.template.model import Application

# Cookies know no ports: by the name localhost, browsers would send those of the application.
_ADDRESS = "127.0.0.1"
_PROVIDER_PATH = "/provider"
_DOMAINS = ("SUPERTOKENS_API_DOMAIN", "SUPERTOKENS_WEBSITE_DOMAIN")


class Services:
    """The mailbox and the provider of social sign-in, at ports that only this machine reaches.

    Parameters
    ----------
    url : str
        Where the application is.
    environment : mapping of str to str
        The environment variables about the application.
    announce : callable
        Writes a line for the terminal.

    Attributes
    ----------
    app : Starlette
        What answers the functions, and browsers that sign in.
    listener : Listener
        Where it is to be served.
    environment : dict of str to str
        The environment variables about the services.
    """

    def __init__(self, url: str, environment: Mapping[str, str], announce: Callable[[str], None]) -> None:
        self._home = f"{url}{HOME}"
        self._mailbox = Mailbox(self._home, announce)
        self._mail_listener = listen(_ADDRESS, 0)
        self.listener = listen(_ADDRESS, 0)
        origin = f"http://{_ADDRESS}:{self.listener.port}"
        self._provider = Provider(f"{origin}{_PROVIDER_PATH}", _origins(url, environment))
        self.app = Starlette(
            routes=[Mount(_PROVIDER_PATH, routes=self._provider.routes()), *intake_routes(self._mailbox)],
            # Another site can give its own name this address.
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[_ADDRESS])],
        )
        self.environment = {
            "AWS_ENDPOINT_URL_SESV2": origin,
            "AWS_ENDPOINT_URL_SNS": origin,
            MAILBOX: origin,
            MAIL_SERVER: f"{_ADDRESS}:{self._mail_listener.port}",
            "SUPERTOKENS_DEV_OIDC_DISCOVERY_ENDPOINT": f"{self._provider.issuer}{DISCOVERY}",
            "SUPERTOKENS_DEV_OIDC_CLIENT_ID": self._provider.client.id,
            "SUPERTOKENS_DEV_OIDC_CLIENT_SECRET": self._provider.client.secret,
        }

    def beside(self, gateway: ASGIApp, host: str) -> ASGIApp:
        """Return the gateway with the mailbox at its origin.

        Parameters
        ----------
        gateway : ASGI application
            What answers all other requests.
        host : str
            The name that the gateway listens at.
        """
        return MailboxSite(self._mailbox, gateway, {host})

    def remarks(self, application: Application) -> Iterator[str]:
        """Return lines for the terminal: where the services are, and what of the application they hide."""
        yield f"Mailbox: {self._home} has the e-mails and SMS that the functions send"
        if hidden := Router(application.routes).match(HttpRequest("GET", HOME)):
            yield f"Mailbox: it hides {HOME} of the route {hidden.route.key}, which gets all other paths"
        yield f"Social sign-in: {self._provider.issuer} takes anybody, by OpenID Connect (SUPERTOKENS_DEV_OIDC_…)"

    @asynccontextmanager
    async def mail_served(self) -> AsyncIterator[None]:
        """Serve SMTP while the context is open."""
        async with mail_server(self._mail_listener.sockets[0], self._mailbox):
            yield


def _origins(url: str, environment: Mapping[str, str]) -> set[str]:
    addresses = map(urlsplit, (url, *(environment.get(name, url) for name in _DOMAINS)))
    return {f"{parts.scheme}://{parts.netloc}" for parts in addresses}
