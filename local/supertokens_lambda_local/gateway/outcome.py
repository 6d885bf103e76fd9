"""What an invocation came to, as it travels from a worker process to the gateway."""

from dataclasses import dataclass


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
    """

    result: str = "null"
    error: FunctionError | None = None
    verdict: Verdict | None = None
    output: tuple[str, ...] = ()
