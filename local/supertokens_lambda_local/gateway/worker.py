"""The inside of a function's process."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import ClassVar

from supertokens_lambda_local.gateway.outcome import Outcome
from supertokens_lambda_local.gateway.output import Output
from supertokens_lambda_local.gateway.runtime import Runtime
from supertokens_lambda_local.gateway.source import MissingToolkit
from supertokens_lambda_local.mail.redirection import redirect_messages


class _Process:
    runtime: ClassVar[Runtime]


def start(
    handler: str, folders: Sequence[Path], environment: Mapping[str, str], source: str, has_toolkit: bool
) -> None:
    """Set up this process for the function: its variables, its folders, its streams, and no Ctrl-C.

    Parameters
    ----------
    handler : str
        ``module.function``.
    folders : sequence of Path
        Where its code is: the function's folder, then those of its layers.
    environment : mapping of str to str
        All of its environment variables.
    source : str
        Its code, where that is in the template; the first folder is then the template's.
    has_toolkit : bool
        Whether the function brings the toolkit; else it finds none.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # A separate process group, so that processes which the function starts end with it.
    os.setsid()
    Thread(target=_follow_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    redirect_messages(environment)
    _use_folders(folders[1:] if source else folders, has_toolkit=has_toolkit)
    os.chdir(folders[0])
    output = Output()
    output.install()
    _Process.runtime = Runtime(handler, output, source)


def load() -> Outcome:
    """Import the handler."""
    return _Process.runtime.load()


def invoke(event: str, request_id: str, timeout: float) -> Outcome:
    """Call the handler; see `Runtime.invoke`."""
    return _Process.runtime.invoke(event, request_id, timeout)


def _use_folders(folders: Sequence[Path], *, has_toolkit: bool) -> None:
    # The gateway's working folder is no part of the function.
    others = [place for place in sys.path if place not in {"", str(Path.cwd())}]
    sys.path[:] = [*map(str, folders), *others]
    if not has_toolkit:
        sys.meta_path.insert(0, MissingToolkit())


def _follow_parent() -> None:
    """Close this process with the gateway, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL)
