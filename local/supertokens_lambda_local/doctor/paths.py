"""Paths: that the template routes what browsers are sent to, and that the stage is in them where it has to be."""

import re
from collections.abc import Iterator

from supertokens_lambda._settings import Settings, host_of
from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding
from supertokens_lambda_local.doctor.source import is_not_found_page
from supertokens_lambda_local.gateway.routing import best
from supertokens_lambda_local.template.api_model import DEFAULT_STAGE, Route
from supertokens_lambda_local.template.model import Application

# "Default endpoint for HTTP APIs", "Invoke a REST API": the stage is in the path there, and only there.
_SCRIPT = "static/refresh_session.js"
_UNBUILT = f"the function has no {_SCRIPT}"
_DEFAULT_ENDPOINT = re.compile(r"[^.]+\.execute-api\.[a-z0-9-]+\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)")


def check_paths(deployment: Deployment) -> Iterator[Finding]:
    """Check the routes and the stage; at functions' own URLs there are neither."""
    settings = deployment.settings
    application = deployment.application
    routes = _routes(application) if application else ()
    # What is in the cloud may have the routes that are missing here.
    if settings is None or application is None or not routes or not _is_whole(application):
        return
    refresh = _found(routes, "POST", f"{settings.api_base_path}/session/refresh")
    navigation = _found(routes, "GET", f"{settings.api_base_path}/session/refresh")
    if refresh is None or navigation is None:
        yield Finding(
            Code.REFRESH_NOT_ROUTED,
            f"No route leads {'GET' if refresh else 'POST'} {settings.api_base_path}/session/refresh to a "
            "function: the "
            "refresh token's cookie goes to that path alone, so sessions end with their first access token.",
            "Route ANY {SUPERTOKENS_API_BASE_PATH}/{proxy+} to the function of SuperTokens' API.",
        )
    if _found(routes, "GET", settings.refresh_path) is None:
        yield Finding(
            Code.REFRESH_PAGE_NOT_ROUTED,
            f"No route leads GET {settings.refresh_path} to a function: a page with an expired session ends there "
            "with 404.",
            "Route it to the refresh function, or set SUPERTOKENS_REFRESH_PATH to the path that is routed.",
        )
    if settings.has_one_host and _found(routes, "GET", settings.website_base_path or "/") is None:
        yield Finding(
            Code.SIGN_IN_NOT_ROUTED,
            f"No route leads GET {settings.website_base_path or '/'} to a function: whoever has to sign in gets 404.",
            "Route it to the sign-in page, or set SUPERTOKENS_WEBSITE_BASE_PATH to the path that is routed.",
        )
    if settings.refresh_with == "browser-sdk":
        yield from _script(settings, application, routes)
    yield from _stage(settings, refresh or routes[0])


def _routes(application: Application) -> tuple[Route, ...]:
    """Return the routes that lead to more than the page for addresses that have none."""
    nowhere = {function.name for function in application.functions if is_not_found_page(function)}
    return tuple(route for route in application.routes if not route.host and route.function not in nowhere)


def _is_whole(application: Application) -> bool:
    return not application.not_looked_at and not any(api.unknown for api in application.apis)


def _found(routes: tuple[Route, ...], method: str, path: str) -> Route | None:
    """Return the route of a path, less the stage, in the first API that has one."""
    for api in dict.fromkeys(route.api for route in routes):
        if match := best([route for route in routes if route.api == api], method, path):
            return match.route
    return None


def _script(settings: Settings, application: Application, routes: tuple[Route, ...]) -> Iterator[Finding]:
    path = f"{settings.refresh_path}/script.js"
    page = _found(routes, "GET", settings.refresh_path)
    function = next((each for each in application.functions if page and each.name == page.function), None)
    built = function is None or function.unavailable or (function.code_uri / _SCRIPT).is_file()
    if built and _found(routes, "GET", path):
        return
    yield Finding(
        Code.REFRESH_SCRIPT_MISSING,
        f"SUPERTOKENS_REFRESH_WITH is browser-sdk, and {f'no route leads to {path}' if built else _UNBUILT}: the page "
        "that refreshes does nothing.",
        f"Run `make refresh-page` before `sam build`, and route GET {path} to the refresh function.",
    )


def _stage(settings: Settings, route: Route) -> Iterator[Finding]:
    if not _DEFAULT_ENDPOINT.fullmatch(host_of(settings.api_domain)):
        return  # The mapping of a custom domain decides the prefix of its paths.
    expected = "" if route.stage == DEFAULT_STAGE else f"/{route.stage}"
    given = settings.api_gateway_path
    if expected and given != expected:
        yield Finding(
            Code.STAGE_NOT_IN_PATHS,
            f"At {host_of(settings.api_domain)} every path begins with {expected}, and SUPERTOKENS_API_GATEWAY_PATH is "
            f"{given or 'empty'}: redirects and the refresh token's cookie have paths that lead nowhere.",
            f"Set SUPERTOKENS_API_GATEWAY_PATH to {expected}, or take a domain of your own for both origins.",
        )
    elif given and not expected:
        yield Finding(
            Code.STAGE_UNEXPECTED,
            f"SUPERTOKENS_API_GATEWAY_PATH is {given}, and the API's stage $default is in no path: redirects and "
            "the refresh "
            "token's cookie have paths that lead nowhere.",
            "Leave SUPERTOKENS_API_GATEWAY_PATH empty, or name the stage.",
        )
