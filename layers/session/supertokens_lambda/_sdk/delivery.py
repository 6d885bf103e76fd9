"""What SuperTokens' services for e-mails and for text messages share: a thread, a budget, and the visitor's answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from supertokens_python.exceptions import BadInputError

from supertokens_lambda._budgets import Budgets
from supertokens_lambda._delivery.errors import DeliveryUnavailableError
from supertokens_lambda._log import log_fault
from supertokens_lambda._sdk.budget import left

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._delivery.errors import RecipientRefusedError

_T = TypeVar("_T")


async def in_thread(call: Callable[[], _T], seconds: float | None = None) -> _T:
    """Return the result of a call to AWS, which blocks; by default it has the seconds of the budget.

    Raises
    ------
    DeliveryUnavailableError
        It took longer than the seconds, or than the request may.
    """
    allowed = Budgets.delivery if seconds is None else seconds
    try:
        async with asyncio.timeout(allowed):
            return await asyncio.to_thread(call)
    except (TimeoutError, asyncio.CancelledError) as error:
        # The budget of the request ends by a cancellation, which would count as a fault of the core.
        if isinstance(error, asyncio.CancelledError) and left(allowed) > 0:
            raise
        raise DeliveryUnavailableError(
            "AWS did not answer in time; check that the function reaches the endpoints of SES and SNS"
        ) from None


def recipe_of(template_vars: object) -> str:
    """Return the recipe that sends something, like ``emailpassword``, by the class of its variables."""
    for each in type(template_vars).__mro__:
        package, _, rest = each.__module__.partition(".recipe.")
        if package == "supertokens_python":
            return rest.partition(".")[0]
    return ""


def refuse(error: RecipientRefusedError, words: str) -> BadInputError:
    """Log that AWS does not send to a recipient; return the error that the SDK answers with 400 and the words."""
    log_fault(error)
    return BadInputError(words)
