"""The verdict for an error that SuperTokens' SDK, or code of the application that the SDK calls, raised."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import packages_distributions
from traceback import walk_tb
from typing import TYPE_CHECKING

import httpx
from supertokens_python.exceptions import GeneralError

from supertokens_lambda._delivery.errors import DeliveryError, DeliveryUnavailableError
from supertokens_lambda._log import log_fault
from supertokens_lambda._verification import faults
from supertokens_lambda._verification.verdict import Failed, Fault, Reason, Unavailable

if TYPE_CHECKING:
    from types import FrameType

_SDK = "supertokens_python"


def fault_of(error: Exception) -> Fault:
    """Return the verdict for an error, and log the error.

    An error about the configuration of the SDK, or one that a validator, recipe or override of the application raised,
    is the application's fault. Any other error counts as an outage: the SDK could not read the core's answer.
    """
    if isinstance(error, DeliveryError):
        log_fault(error)
        if isinstance(error, DeliveryUnavailableError):
            return Unavailable(Reason.DELIVERY_UNAVAILABLE)
        return Failed(Reason.DELIVERY_FAILED)
    if not isinstance(error, OSError | httpx.TransportError):
        words = _own_words(error)
        if words or _is_of_application(error):
            log_fault(error, words)
            return Failed(Reason.APPLICATION_ERROR)
    return faults.fault_of(error)


def _own_words(error: Exception) -> str:
    """Return the message if it is a constant of the SDK's source, so that it quotes no data; else an empty string."""
    if type(error) not in (Exception, GeneralError):
        return ""
    said = str(error)
    own = (frame for frame in _frames(error) if _package_of(frame) == _SDK)
    return said if any(said in frame.f_code.co_consts for frame in own) else ""


def _is_of_application(error: Exception) -> bool:
    """Check whether the application, or a library that it calls, raised an error, and not the SDK."""
    packages = (_package_of(frame) for frame in _frames(error))
    own = (package for package in packages if package == _SDK or package not in _libraries())
    return next(own, _SDK) != _SDK


@cache
def _libraries() -> frozenset[str]:
    return sys.stdlib_module_names | packages_distributions().keys() | {__name__.partition(".")[0]}


def _package_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _frames(error: Exception) -> list[FrameType]:
    """Return the frames of the traceback, beginning with the one that raised the error."""
    return [frame for frame, _ in walk_tb(error.__traceback__)][::-1]
