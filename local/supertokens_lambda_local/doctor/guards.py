"""Authorizers, and servers behind them: what is guarded that must not be, and what is trusted that must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda_local.doctor.finding import Code, Finding, named
from supertokens_lambda_local.gateway.routing import best

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda.settings import Settings
    from supertokens_lambda_local.doctor.deployment import Deployment
    from supertokens_lambda_local.template.api_model import Route

_SAID_BY_AUTHORIZER = "context.authorizer."


def check_guards(deployment: Deployment) -> Iterator[Finding]:
    """Check the template's authorizers, and the headers by which servers get the visitor's id."""
    if deployment.application is None:
        return
    routes = deployment.application.routes
    ours = {function.name for function in deployment.functions}
    yield from _cached([route for route in routes if route.authorizer and route.authorizer.function in ours])
    yield from _unmapped([route for route in routes if route.backend])
    if deployment.settings is not None:
        yield from _guarded(routes, deployment.settings)


def _cached(routes: list[Route]) -> Iterator[Finding]:
    authorizers = [route.authorizer for route in routes if route.authorizer]
    for function, seconds in {each.function: each.ttl for each in authorizers if each.ttl}.items():
        yield Finding(
            Code.AUTHORIZER_CACHED,
            f"API Gateway keeps the answers of the authorizer {function} for {seconds} seconds: a denial of one page "
            "is taken for others, and a session that has ended goes on.",
            "Set Identity: {ReauthorizeEvery: 0}; a REST API's default is 300.",
            (function,),
        )


def _unmapped(routes: list[Route]) -> Iterator[Finding]:
    mapped = {
        header
        for route in routes
        if route.backend
        for header, value in route.backend.headers.items()
        if value.startswith(_SAID_BY_AUTHORIZER)
    }
    for header in sorted(mapped):
        without = tuple(
            dict.fromkeys(
                f"{route.api} {route.key}" for route in routes if route.backend and header not in route.backend.headers
            )
        )
        if without:
            yield Finding(
                Code.BACKEND_HEADER_UNMAPPED,
                f"{named(without)} passes the header {header} on as the visitor sends it, and other routes say in it "
                "who the visitor is: anybody can be anybody.",
                f"Map {header} in the requestParameters of every integration that leads to a server.",
            )


def _guarded(routes: tuple[Route, ...], settings: Settings) -> Iterator[Finding]:
    pages = {
        f"{settings.api_base_path}/session/refresh": "SuperTokens' refresh",
        settings.refresh_path: "the refresh page",
        settings.website_base_path or "/": "the sign-in page",
    }
    for path, what in pages.items():
        for api in dict.fromkeys(route.api for route in routes):
            match = best([route for route in routes if route.api == api], "GET", path)
            if match and match.route.authorizer:
                yield Finding(
                    Code.PAGE_GUARDED,
                    f"The authorizer {match.route.authorizer.function} is before {what}, GET {path}: who has no "
                    "session never gets one.",
                    "Give the event Auth: {Authorizer: NONE}.",
                    (match.route.authorizer.function,),
                )
                break
