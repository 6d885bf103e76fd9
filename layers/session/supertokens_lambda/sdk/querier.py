"""The SDK's calls to the core, whoever makes them, within a budget.

The SDK gives a call 30 seconds, to connect and for each read, and has no setting for it. A handler that revokes its
session while the core hangs would be ended by Lambda, and the visitor told of a gateway's error.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any

from supertokens_python.querier import Querier

from supertokens_lambda.time_left import within_invocation
from supertokens_lambda.verification.core import BUDGET, CoreUnreachableError

Send = Callable[..., Awaitable[dict[str, Any]]]

_NO_CONTENT = {"_headers", "_text"}


def bound_calls() -> None:
    """Put the budget around each way in which the SDK calls the core."""
    for name in ("send_get_request", "send_post_request", "send_put_request", "send_delete_request"):
        send = getattr(Querier, name)
        if not hasattr(send, "__wrapped__"):
            setattr(Querier, name, _bounded(send))


def _bounded(send: Send) -> Send:
    @functools.wraps(send)
    async def bounded(*args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            async with asyncio.timeout(within_invocation(BUDGET)):
                answer = await send(*args, **kwargs)
        except Exception as error:
            raise CoreUnreachableError("the core did not answer a call of SuperTokens' SDK") from error
        if answer.keys() <= _NO_CONTENT:
            raise CoreUnreachableError("the core's answer is no JSON object, or an empty one")
        return answer

    return bounded
