"""What an invocation came to, as it travels from a worker process to the gateway."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class FunctionError:
    """An error of the function's.

    Attributes
    ----------
    type, message : str
        As Lambda names them, for instance ``ValueError`` or ``Runtime.ImportModuleError``.
    traceback : str
        Where it was raised; empty if it was not.
    """

    type: str
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the guard decided, and why: two stable names."""

    name: str
    reason: str


@dataclass(frozen=True)
class ColdStart:
    """The start of a function's process, and the import of its handler.

    Attributes
    ----------
    function : str
        The name of the function.
    milliseconds : int
        How long it took; no part of the function's timeout.
    """

    function: str
    milliseconds: int


@dataclass(frozen=True)
class Outcome:
    """The result of an invocation or its error, and what the function said meanwhile.

    Attributes
    ----------
    result : str
        The function's result, as JSON.
    error : FunctionError or None
        The error, if there is no result.
    verdict : Verdict or None
        The guard's last verdict.
    output : tuple of str
        The lines that were logged or printed.
    cold_starts : tuple of ColdStart
        The processes that had to be started first.
    """

    result: str = "null"
    error: FunctionError | None = None
    verdict: Verdict | None = None
    output: tuple[str, ...] = ()
    cold_starts: tuple[ColdStart, ...] = ()

    def after(self, earlier: Outcome) -> Outcome:
        """Return this outcome with what an earlier one, of the same request, said."""
        return replace(
            self,
            verdict=self.verdict or earlier.verdict,
            output=(*earlier.output, *self.output),
            cold_starts=(*earlier.cold_starts, *self.cold_starts),
        )
