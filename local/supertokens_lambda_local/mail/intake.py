"""Where functions send: one address of this machine for all services that are caught over HTTP."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from supertokens_lambda_local.loopback import is_of_another_site
from supertokens_lambda_local.mail import ses, sns, supertokens
from supertokens_lambda_local.mail.mailbox import Mailbox

_Handler = Callable[[Request, Mailbox], Awaitable[Response]]


def intake_routes(mailbox: Mailbox) -> list[Route]:
    """Build the routes that take messages into a mailbox."""
    handlers: dict[str, _Handler] = {ses.PATH: ses.send_email, sns.PATH: sns.publish}
    handlers |= dict.fromkeys(supertokens.PATHS, supertokens.deliver)
    return [Route(path, _taking(handler, mailbox), methods=["POST"]) for path, handler in handlers.items()]


def _taking(handler: _Handler, mailbox: Mailbox) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # Any page can post a form to this machine.
        if is_of_another_site(request):
            raise HTTPException(403, "functions send messages, browsers do not")
        return await handler(request, mailbox)

    return endpoint
