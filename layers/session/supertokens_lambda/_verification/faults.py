"""Verdicts for errors of calls to the core."""

from __future__ import annotations

from supertokens_lambda._core_client.refusal import CoreRefusedError
from supertokens_lambda._log import log_fault
from supertokens_lambda._settings import SettingsError
from supertokens_lambda._verification.signing_keys import KeysRefusedError, KeysUnreachableError
from supertokens_lambda._verification.verdict import Failed, Fault, Reason, Unavailable


def fault_of(error: BaseException) -> Fault:
    """Return the verdict for an error, and log the error.

    `Unavailable` passes with time; `Failed` needs a person to fix it. Unknown errors are `Unavailable`: if an answer is
    invalid, something other than a core has sent it.
    """
    if isinstance(error, KeysUnreachableError):
        # Its cause was logged when the fetch of the keys failed.
        return (
            Failed(Reason.CORE_REFUSED) if isinstance(error, KeysRefusedError) else Unavailable(Reason.KEYS_UNREACHABLE)
        )
    log_fault(error)
    if isinstance(error, CoreRefusedError):
        return Failed(Reason.CORE_REFUSED)
    if isinstance(error, SettingsError):
        return Failed(Reason.APPLICATION_ERROR)
    return Unavailable(Reason.CORE_UNREACHABLE)
