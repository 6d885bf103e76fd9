"""One log record a request, with the verdict and its reason, and nothing that a visitor sent."""

from __future__ import annotations

import logging

LOGGER = logging.getLogger("supertokens_lambda")

_ERRORS = frozenset({"error", "refresh-error"})
_WARNINGS = frozenset({"unavailable", "looping", "refresh-unavailable", "token-theft", "bad-request"})


def log_outcome(name: str, reason: str, **details: str) -> None:
    """Log what a request came to.

    Parameters
    ----------
    name, reason : str
        Stable kebab-case names, also the record's attributes ``verdict`` and ``reason``.
    **details : str
        Further attributes of the record: a user's id, a session's handle. Never a token.
    """
    level = logging.ERROR if name in _ERRORS else logging.WARNING if name in _WARNINGS else logging.INFO
    if not LOGGER.isEnabledFor(level):
        return
    said = "".join(f", {key} {value}" for key, value in details.items())
    LOGGER.log(level, "%s: %s%s", name, reason, said, extra={"verdict": name, "reason": reason, **details})


def log_fault(error: BaseException, words: str = "") -> None:
    """Log what went wrong on the way to SuperTokens: the kind and the place.

    Parameters
    ----------
    error : BaseException
        Its message is logged if its class says so by `may_be_logged`; any other may quote a request.
    words : str
        What else is logged.
    """
    # The cause of a TimeoutError is how it was brought about, and no error of its own.
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
