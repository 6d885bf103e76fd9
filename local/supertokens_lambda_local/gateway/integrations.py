"""What is behind a route: its authorizer, then its function or its backend."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx

from supertokens_lambda_local.gateway import refusals
from supertokens_lambda_local.gateway.answers import HttpAnswer, MalformedAnswerError, make_answer
from supertokens_lambda_local.gateway.authorizers import Decision, decision_of, identity_of
from supertokens_lambda_local.gateway.backend import BackendError, ask_backend
from supertokens_lambda_local.gateway.console import Console
from supertokens_lambda_local.gateway.events import make_authorizer_event, make_event
from supertokens_lambda_local.gateway.gateway_responses import mocked, shaped
from supertokens_lambda_local.gateway.outcome import FunctionError, Outcome
from supertokens_lambda_local.gateway.pool import FunctionPool
from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import Match
from supertokens_lambda_local.gateway.runtime import PAYLOAD_LIMIT
from supertokens_lambda_local.gateway.source import brings_toolkit
from supertokens_lambda_local.template.api_model import Backend, Route
from supertokens_lambda_local.template.model import Function
from supertokens_lambda_local.template.syntax import as_text

# In seconds: "Quotas for configuring and running a REST API in API Gateway" and "Quotas for HTTP APIs in API Gateway".
_REST_TIMEOUT = 29.0
_HTTP_API_TIMEOUT = 30.0


@dataclass(frozen=True)
class Reply:
    """An answer, and how it came about.

    Attributes
    ----------
    answer : HttpAnswer
        The answer.
    function : str
        The function that gave it; empty if none did.
    outcome : Outcome
        What the functions that were called said.
    """

    answer: HttpAnswer
    function: str = ""
    outcome: Outcome = field(default_factory=Outcome)


class Integrations:
    """The functions and backends of an application.

    Parameters
    ----------
    functions : iterable of Function
        The functions.
    environment : mapping of str to str
        Variables that come before the functions' own.
    console : Console
        Where late functions are printed.
    timeout : float, optional
        Seconds to wait for an answer, instead of the usual time of API Gateway.
    """

    def __init__(
        self,
        functions: tuple[Function, ...],
        environment: Mapping[str, str],
        console: Console,
        timeout: float | None = None,
    ) -> None:
        self._pools = {
            function.name: FunctionPool(function, environment, has_toolkit=brings_toolkit(function))
            for function in functions
            if not function.unavailable
        }
        self._unavailable = {function.name: function.unavailable for function in functions if function.unavailable}
        self._client = httpx.AsyncClient(trust_env=False, timeout=timeout or _HTTP_API_TIMEOUT)
        self._console = console
        self._timeout = timeout
        self._late: set[asyncio.Task[Outcome]] = set()

    async def reply(self, request: HttpRequest, match: Match) -> Reply:
        """Serve a request that has a route."""
        if reason := self._why_unavailable(match.route):
            return Reply(refusals.unavailable_here(reason), match.route.function)
        decision, asked = await self._decide(request, match)
        if decision.refusal:
            return self._turn_away(request, match, decision, asked)
        if match.route.mock:
            return Reply(mocked(match.route.mock), outcome=asked)
        if match.route.backend:
            return await self._pass_on(request, match, match.route.backend, decision, asked)
        event = make_event(request, match, decision.context if match.route.authorizer else None)
        reply = await self._call(request, match, json.dumps(event, ensure_ascii=False))
        return replace(reply, outcome=reply.outcome.after(asked))

    def _why_unavailable(self, route: Route) -> str:
        names = (route.function, route.authorizer.function if route.authorizer else "")
        reasons = (f"{name}: {self._unavailable[name]}" for name in names if name in self._unavailable)
        return route.unavailable or next(reasons, "")

    async def stop(self) -> None:
        """Close the processes of all functions, and the connections to backends."""
        await asyncio.gather(self._client.aclose(), *(pool.stop() for pool in self._pools.values()))

    async def _decide(self, request: HttpRequest, match: Match) -> tuple[Decision, Outcome]:
        """Ask the route's authorizer, if it has one; nothing is remembered, as with a time to live of 0."""
        authorizer = match.route.authorizer
        if authorizer is None:
            return Decision(), Outcome()
        identity = identity_of(request, authorizer)
        if identity is None:
            return Decision("UNAUTHORIZED"), Outcome()
        event = make_authorizer_event(request, match, authorizer, identity)
        asked = json.dumps(event, ensure_ascii=False)
        outcome = await self._pools[authorizer.function].invoke(asked, request.request_id)
        return decision_of(authorizer, outcome, event.get("methodArn") or event["routeArn"]), outcome

    def _turn_away(self, request: HttpRequest, match: Match, decision: Decision, asked: Outcome) -> Reply:
        route, kind = match.route, str(decision.refusal)
        answer = refusals.turned_away(kind, rest=route.is_rest)
        if route.is_rest:
            answer = shaped(answer, kind, route.gateway_responses, _context(request, match, decision))
        # An error that stands for 401 is no fault of the function's.
        outcome = replace(asked, error=None) if kind == "UNAUTHORIZED" else asked
        return Reply(answer, route.authorizer.function if route.authorizer else "", outcome)

    async def _pass_on(
        self, request: HttpRequest, match: Match, backend: Backend, decision: Decision, asked: Outcome
    ) -> Reply:
        timeout = self._timeout or (_REST_TIMEOUT if match.route.is_rest else _HTTP_API_TIMEOUT)
        try:
            # The client's own bounds are of each part of an answer.
            async with asyncio.timeout(timeout):
                answer = await ask_backend(self._client, backend, request, match, _context(request, match, decision))
        except TimeoutError:
            late = replace(asked, error=FunctionError("API Gateway", f"no answer within {timeout:g} s"))
            return Reply(refusals.integration_timed_out(rest=match.route.is_rest), outcome=late)
        except BackendError as problem:
            failed = replace(asked, error=FunctionError("Backend", str(problem)))
            return Reply(refusals.backend_failed(rest=match.route.is_rest), outcome=failed)
        return Reply(answer, outcome=asked)

    async def _call(self, request: HttpRequest, match: Match, event: str) -> Reply:
        route = match.route
        if len(event.encode()) > PAYLOAD_LIMIT:
            return Reply(refusals.body_too_large(rest=route.is_rest), route.function)
        # A function's own URL waits for as long as the function may take.
        own = None if route.host else _REST_TIMEOUT if route.is_rest else _HTTP_API_TIMEOUT
        timeout = self._timeout or own
        call = asyncio.create_task(self._pools[route.function].invoke(event, request.request_id))
        await asyncio.wait({call}, timeout=timeout)
        if not call.done():
            # The function goes on, as it does on AWS; what it says is shown when it is done.
            self._late.add(call)
            call.add_done_callback(self._tell_late)
            late = Outcome(error=FunctionError("API Gateway", f"no answer within {timeout:g} s; the function goes on"))
            return Reply(refusals.integration_timed_out(rest=route.is_rest), route.function, late)
        outcome = call.result()
        if outcome.error is None:
            try:
                return Reply(make_answer(route, outcome.result, request.header("accept")), route.function, outcome)
            except MalformedAnswerError as problem:
                outcome = replace(outcome, error=FunctionError("Malformed answer", str(problem)))
        return Reply(refusals.function_failed(rest=route.is_rest), route.function, outcome)

    def _tell_late(self, call: asyncio.Task[Outcome]) -> None:
        self._late.remove(call)
        if not call.cancelled():
            self._console.details(call.result().output, call.result().error)


def _context(request: HttpRequest, match: Match, decision: Decision) -> dict[str, str]:
    """Return the values that mapping expressions can name."""
    return {
        "context.domainName": request.host,
        "context.requestId": request.request_id,
        "context.stage": match.route.stage,
        **{f"context.authorizer.{name}": as_text(value) for name, value in decision.context.items()},
    }
