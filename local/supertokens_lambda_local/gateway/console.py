"""What the developer's terminal shows: one line a request, and below it what the function said."""

import sys
from collections.abc import Container, Iterable
from typing import TextIO

from supertokens_lambda_local.gateway.outcome import ColdStart, FunctionError, Verdict
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import host_of
from supertokens_lambda_local.template.api_model import DEFAULT_STAGE, Route
from supertokens_lambda_local.template.model import Application


class Console:
    """Writes lines in which no text of a visitor's or a function's can do anything to the terminal.

    Parameters
    ----------
    stream : TextIO, optional
        Where to write; the standard output if left out.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    def line(self, text: str = "", indent: str = "") -> None:
        """Write a line."""
        printable = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
        self._stream.write(f"{indent}{printable}\n")
        self._stream.flush()

    def application(self, application: Application, given: Container[str]) -> None:
        """Write the table of routes, and what the functions do without.

        Parameters
        ----------
        application : Application
            The application.
        given : container of str
            The variables that all functions are given, whatever the template says.
        """
        first = next((route.api for route in application.routes if not route.host), "")
        places = [_place(route, first) for route in application.routes]
        width = max(map(len, places))
        for place, route in zip(places, application.routes, strict=True):
            target = route.backend.uri if route.backend else route.function or "API Gateway itself"
            by_way = f"  behind {route.authorizer.function}" if route.authorizer else ""
            self.line(f"{place:{width}}  {target}  ({route.event_source}, stage {route.stage}){by_way}", "  ")
            if route.unavailable:
                self.line(f"not on this machine, and answered with 501: {route.unavailable}", "    ")
        for function in application.functions:
            if function.unavailable:
                self.line(f"Left out: {function.name}, since {function.unavailable}; its routes are answered with 501")
        for what, why in application.not_looked_at:
            self.line(f"Not looked at: {what}, since {why}")
        everywhere = tuple(function.name for function in application.functions)
        for omission in application.omissions:
            if omission.name not in given:
                where = "" if omission.functions == everywhere else f" ({', '.join(omission.functions)})"
                self.line(f"Left out: {omission.name}, since {omission.reason}{where}")

    def request(
        self, request: HttpRequest, status: int, milliseconds: int, function: str = "", verdict: Verdict | None = None
    ) -> None:
        """Write the line of a request: never its query's values, which may be secrets."""
        target = request.raw_path + ("?…" if request.raw_query else "")
        parts = [f"{request.method} {target} {status} {milliseconds} ms", function]
        if verdict:
            parts.append(f"{verdict.name}: {verdict.reason}")
        self.line("  ".join(part for part in parts if part))

    def details(
        self, lines: Iterable[str], error: FunctionError | None = None, cold_starts: Iterable[ColdStart] = ()
    ) -> None:
        """Write below a request's line what a function said, what became of it, and which cold starts were paid for."""
        for line in lines:
            self.line(line.expandtabs(), "    ")
        if error:
            self.line(f"{error.type}: {error.message.partition(chr(10))[0]}", "    ")
            for line in error.traceback.splitlines():
                self.line(line, "    ")
        for each in cold_starts:
            self.line(f"cold start of {each.function}: {each.milliseconds} ms", "    ")


def _place(route: Route, first: str) -> str:
    """Return where browsers find a route: the host where it is not that of the first API, and the stage."""
    if route.host:
        return route.host
    host = "" if route.api == first else f"{host_of(route.api)}  "
    stage = "" if route.stage == DEFAULT_STAGE or route.at_domain else f"/{route.stage}"
    return f"{host}{route.method} {stage}{route.path}" if stage else f"{host}{route.key}"
