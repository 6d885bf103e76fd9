"""The verdict that an error on the way to the core stands for."""

from __future__ import annotations

from supertokens_lambda._core_client.refusal import CoreRefusedError
from supertokens_lambda._log import log_fault
from supertokens_lambda._settings import SettingsError
from supertokens_lambda._verification.signing_keys import KeysRefusedError, KeysUnreachableError
from supertokens_lambda._verification.verdict import Failed, Fault, Reason, Unavailable


def fault_of(error: BaseException) -> Fault:
    """Return the verdict that an error stands for, and log the error.

    Waiting mends `Unavailable`, and somebody has to mend `Failed`. An error of no known kind is the former: an answer
    that makes no sense is one of something else than a core.
    """
    if isinstance(error, KeysUnreachableError):
        # The error that it came of was logged when the keys were asked for.
        return (
            Failed(Reason.CORE_REFUSED) if isinstance(error, KeysRefusedError) else Unavailable(Reason.KEYS_UNREACHABLE)
        )
    log_fault(error)
    if isinstance(error, CoreRefusedError):
        return Failed(Reason.CORE_REFUSED)
    if isinstance(error, SettingsError):
        return Failed(Reason.APPLICATION_ERROR)
    return Unavailable(Reason.CORE_UNREACHABLE)
