"""Runs one subject in a separate process: a line of JSON in, a line of JSON out.

It loads what the Python runtime client of AWS has loaded before the code of a function, and little else; so what the
subject loads itself is the subject's. The subject is a module, as it is to Lambda: loaded, then its `handler` called.
"""

import importlib
import json
import os
import sys
import time
from typing import Any

import awslambdaric.bootstrap  # type: ignore[import-untyped]
import awslambdaric.lambda_runtime_client  # type: ignore[import-untyped]  # noqa: F401 - for its own sake
from awslambdaric.lambda_context import LambdaContext  # type: ignore[import-untyped]

from benchmarks import subjects

_handler: Any = None


def main(subject: str) -> None:
    """Run the orders of the standard input, until it ends."""
    orders, replies = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in orders:
        order = json.loads(line)
        try:
            reply = _call(subject, order["event"]) if order["do"] == "call" else _burst(**order)
        except Exception as error:  # noqa: BLE001 - the parent process gets the reason
            reply = {"error": f"{type(error).__name__}: {error}"}
        replies.write(f"{json.dumps(reply)}\n")
        replies.flush()


def _context() -> LambdaContext:
    deadline = int(time.time() * 1000) + 60_000
    return LambdaContext("benchmarks", None, None, deadline, "arn:aws:lambda:eu-west-1:123456789012:function:page")


def _call(subject: str, event: dict[str, Any]) -> dict[str, Any]:
    """Serve one event; the first one loads the subject, which is part of its time."""
    global _handler  # noqa: PLW0603 - as in the runtime of AWS, there is one
    context = _context()
    begun, cpu_begun = time.perf_counter_ns(), time.process_time_ns()
    if _handler is None:
        _handler = importlib.import_module(f"{subjects.__name__}.{subject}").handler
    answer = _handler(event, context)
    took, cpu_took = time.perf_counter_ns() - begun, time.process_time_ns() - cpu_begun
    return {"ns": [took], "cpu_ns": cpu_took, "statuses": [answer["statusCode"]], "answer": answer}


def _burst(event: dict[str, Any], cookies: list[list[str]], **_: Any) -> dict[str, Any]:
    text, context, now = json.dumps(event), _context(), time.perf_counter_ns
    events = [json.loads(text) | {"cookies": given} for given in cookies]
    times, statuses = [], []
    for each in events:
        begun = now()
        answer = _handler(each, context)
        times.append(now() - begun)
        statuses.append(answer["statusCode"])
    return {"ns": times, "statuses": statuses}


if __name__ == "__main__":
    main(sys.argv[1])
