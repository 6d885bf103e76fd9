"""Log records: one for each request, with verdict and reason, and nothing that a visitor sent."""

from __future__ import annotations

import logging

LOGGER = logging.getLogger("supertokens_lambda")

_ERRORS = frozenset({"error", "refresh-error"})
_WARNINGS = frozenset({"unavailable", "looping", "refresh-unavailable", "token-theft", "bad-request"})


def log_outcome(name: str, reason: str, **details: str) -> None:
    """Write the log record of a request.

    Parameters
    ----------
    name, reason : str
        Stable kebab-case names; also the attributes ``verdict`` and ``reason`` of the record.
    **details : str
        Further attributes of the record, like a user id or a session handle; never a token.
    """
    level = logging.ERROR if name in _ERRORS else logging.WARNING if name in _WARNINGS else logging.INFO
    if not LOGGER.isEnabledFor(level):
        return
    said = "".join(f", {key} {value}" for key, value in details.items())
    LOGGER.log(level, "%s: %s%s", name, reason, said, extra={"verdict": name, "reason": reason, **details})


def log_fault(error: BaseException, words: str = "") -> None:
    """Write a log record for a failed call to SuperTokens or AWS: the kind of error and its place.

    Parameters
    ----------
    error : BaseException
        The message is logged only if its class sets `may_be_logged`: other messages may quote a request.
    words : str
        Replaces the message.
    """
    # The cause names the actual fault. The cause of a TimeoutError may be a cancellation, which is not an Exception.
    if isinstance(error.__cause__, Exception):
        error = error.__cause__
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    said = words or (str(error) if getattr(error, "may_be_logged", False) else "")
    LOGGER.warning("%s at %s%s", kind, " < ".join(reversed(places[-6:])), f": {said}" if said else "")
