"""Calls of a handler, as by the Python runtime of Lambda."""

import importlib
import json
import sys
import time
import traceback
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

from supertokens_lambda_local.gateway.context import LambdaContext
from supertokens_lambda_local.gateway.outcome import FunctionError, Outcome
from supertokens_lambda_local.gateway.output import Output
from supertokens_lambda_local.gateway.source import forget_shadowing

# "Lambda quotas": invocation payload, for a request and for a response.
PAYLOAD_LIMIT = 6_291_556

Handler = Callable[[Any, LambdaContext], Any]


class Runtime:
    """A function's code, imported when it is first needed.

    Parameters
    ----------
    handler : str
        ``module.function``; the module may be written with slashes.
    output : Output
        Where what the function says comes together.
    source : str, optional
        The module's code, where that is in the template.
    """

    def __init__(self, handler: str, output: Output, source: str = "") -> None:
        self._name = handler
        self._source = source
        self._output = output
        self._handler: Handler

    def load(self) -> Outcome:
        """Import the handler."""
        module, _, name = self._name.replace("/", ".").rpartition(".")
        try:
            if self._source:
                _define(module, self._source)
            else:
                forget_shadowing(module, sys.path)
            self._handler = getattr(importlib.import_module(module), name)
        except BaseException as error:  # noqa: BLE001 - any error of an import, SystemExit too, is reported
            return self._outcome(error=_described(error))
        return self._outcome()

    def invoke(self, event: str, request_id: str, timeout: float) -> Outcome:
        """Call the handler, after `load`.

        Parameters
        ----------
        event : str
            The event, as JSON.
        request_id : str
            The id of the invocation.
        timeout : float
            Seconds that it may take: the context reports them, and the caller ends the function.
        """
        context = LambdaContext(request_id, time.monotonic() + timeout)
        try:
            result = self._handler(json.loads(event), context)
        except BaseException as error:  # noqa: BLE001 - whatever a handler raises, SystemExit too, is its error
            return self._outcome(error=_described(error))
        try:
            text = json.dumps(result, default=_plain)
        except (TypeError, ValueError, RecursionError) as error:
            return self._outcome(error=FunctionError("Runtime.MarshalError", f"Unable to marshal response: {error}"))
        if len(text) > PAYLOAD_LIMIT:
            message = f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes)."
            return self._outcome(error=FunctionError("Function.ResponseSizeTooLarge", message))
        return self._outcome(text)

    def _outcome(self, result: str = "null", error: FunctionError | None = None) -> Outcome:
        output, verdict = self._output.take()
        return Outcome(result, error, verdict, output)


def _define(name: str, source: str) -> None:
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, f"{name}.py", "exec"), vars(module))  # noqa: S102 - it is the function


def _described(error: BaseException) -> FunctionError:
    # The first frame is the runtime's own.
    trace = error.__traceback__ and error.__traceback__.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace))
    return FunctionError(type(error).__name__, str(error), text)


def _plain(value: Any) -> float:
    # Numbers of DynamoDB are Decimal, and the runtime of Lambda accepts them.
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
