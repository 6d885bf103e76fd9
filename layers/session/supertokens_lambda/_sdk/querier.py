"""All calls of the SDK to the core: on kept connections, in a budget, with separate errors for refusals and outages.

The SDK allows 30 seconds for connecting and for each read, and has no setting for it. Without a budget, Lambda would
stop a handler that revokes its session while the core hangs, and the visitor would get an error of the gateway.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from supertokens_python.querier import Querier

from supertokens_lambda._core_client.client import BUDGET, CoreUnreachableError
from supertokens_lambda._core_client.refusal import CoreRefusedError, refusal
from supertokens_lambda._deadline import within_invocation
from supertokens_lambda._event_loop import run

if TYPE_CHECKING:
    from httpx import Response

    from supertokens_lambda._sdk.core_calls import CoreCalls

Send = Callable[..., Awaitable[dict[str, Any]]]

_NO_CONTENT = {"_headers", "_text"}

# The SDK's message if it has no API version in common with the core; the error is a plain Exception.
_NO_VERSION = "The running SuperTokens core version is not compatible"


def bound_calls(calls: CoreCalls) -> None:
    """Set a budget for each method by which the SDK calls the core, and send their requests by `calls`."""
    for name in ("send_get_request", "send_post_request", "send_put_request", "send_delete_request"):
        send = getattr(Querier, name)
        if not hasattr(send, "__wrapped__"):
            setattr(Querier, name, _bounded(send))
    Querier.api_request = _request_by(calls)  # type: ignore[assignment]  # the SDK creates a client for each


def ask_version() -> None:
    """Ask the core for its API version, as the SDK does before its first call; it also opens the kept connection.

    If the core does not answer, the SDK asks again in the first request, which then reports the outage.
    """
    with suppress(Exception):
        run(_ask_version())


async def _ask_version() -> None:
    async with asyncio.timeout(within_invocation(BUDGET)):
        await Querier.get_instance().get_api_version()


def _bounded(send: Send) -> Send:
    @functools.wraps(send)
    async def bounded(querier: Querier, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            async with asyncio.timeout(within_invocation(BUDGET)):
                # Otherwise the SDK asks for it within the first call, which it then sends twice to a core that is down.
                await querier.get_api_version()
                answer = await send(querier, *args, **kwargs)
        except CoreRefusedError:
            raise
        except Exception as error:
            if str(error).startswith(_NO_VERSION):
                raise CoreRefusedError("the core does not speak the version of SuperTokens' SDK") from None
            raise CoreUnreachableError("the core did not answer a call of SuperTokens' SDK") from error
        if answer.keys() <= _NO_CONTENT:
            raise CoreUnreachableError("expected a JSON object from the core, got an empty one or something else")
        return answer

    return bounded


def _request_by(calls: CoreCalls) -> Callable[..., Awaitable[Response]]:
    async def request(_self: Querier, url: str, method: str, _attempts: int, **content: Any) -> Response:
        """Send a request that the SDK has built, and that a network interceptor of the application may have changed.

        Raises
        ------
        CoreRefusedError
            The core refused the call. The SDK's error would not have the status code.
        """
        response = await calls.send(method, url, **content)
        sent = content.get("params"), content.get("json"), content.get("headers", {}).get("api-key")
        refused = refusal(response.status_code, response.text, *sent)
        if refused:
            raise refused
        return response

    return request
