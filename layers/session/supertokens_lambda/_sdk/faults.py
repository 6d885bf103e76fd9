"""The verdict that an error stands for which SuperTokens' SDK, or the application's code that it calls, let through."""

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
    """Return the verdict that an error stands for, and log the error.

    What the SDK says of its own configuration, and an error of a validator, a recipe or an override of the
    application, is no outage. What fails on the SDK's side of them is: the core's answer makes no sense.
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
    """Return the message of an error that the SDK raises in words of its source, which quote nothing; else nothing."""
    if type(error) not in (Exception, GeneralError):
        return ""
    said = str(error)
    own = (frame for frame in _frames(error) if _package_of(frame) == _SDK)
    return said if any(said in frame.f_code.co_consts for frame in own) else ""


def _is_of_application(error: Exception) -> bool:
    """Check whether the application's code, or a library that it calls, raised an error: not the SDK that it calls."""
    packages = (_package_of(frame) for frame in _frames(error))
    own = (package for package in packages if package == _SDK or package not in _libraries())
    return next(own, _SDK) != _SDK


@cache
def _libraries() -> frozenset[str]:
    return sys.stdlib_module_names | packages_distributions().keys() | {__name__.partition(".")[0]}


def _package_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _frames(error: Exception) -> list[FrameType]:
    """Return the frames that an error came through, the one that raised it first."""
    return [frame for frame, _ in walk_tb(error.__traceback__)][::-1]
