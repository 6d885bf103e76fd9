"""The core's rules over HTTP: paths, api keys, versions, tenants and errors (SuperTokens core, WebserverAPI)."""

import hmac
import re
from collections.abc import Iterable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from supertokens_lambda_local.core.answers import json_response, text_response
from supertokens_lambda_local.core.apps import Apps
from supertokens_lambda_local.core.call import PUBLIC, Call
from supertokens_lambda_local.core.config import CoreConfig
from supertokens_lambda_local.core.errors import InputError, RefusedError, StatusError, tenant_not_found
from supertokens_lambda_local.core.query import Query
from supertokens_lambda_local.core.routes import Route
from supertokens_lambda_local.core.routes import Scope as Tenants
from supertokens_lambda_local.core.unspoken import refusal
from supertokens_lambda_local.core.versions import VERSIONS

_APP = r"(?:/appid-(?P<app>[a-z0-9-]*))?"
# Taken last of all, since /apiversion is a path before it is a tenant.
_TENANT = r"(?:/(?!(?:recipe|config|users|hello|bulk-import)(?:/|$))(?P<tenant>[a-z0-9-]+))??"

_STARTING: Final = (
    '<!doctype html><html lang="en"><head><title>HTTP Status 404 \u2013 Not Found</title></head>'
    "<body><h1>HTTP Status 404 \u2013 Not Found</h1></body></html>"
)


class Transport:
    """The ASGI application that leads requests to the handlers of their path."""

    def __init__(self, routes: Iterable[Route], apps: Apps, config: CoreConfig) -> None:
        self._apps = apps
        self._config = config
        self._routes_at = config.clock() + config.startup if config.startup else None
        self._api_keys = tuple(key.encode() for key in config.api_keys)
        self._routes: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._routes.setdefault(route.path, {})[route.method] = route
        paths = "|".join(map(re.escape, self._routes))
        self._path = re.compile(f"{_APP}{_TENANT}(?P<path>{paths}|)/?")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; nothing is awaited between reading it and having its answer."""
        request = Request(scope, receive)
        body = await request.body()
        response = self._answer(request, body)
        await response(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        if self._routes_at is not None and self._config.clock() < self._routes_at:
            return Response(_STARTING, 404, media_type="text/html;charset=utf-8")
        try:
            with self._apps.transaction():
                return self._routed(request, body)
        except RefusedError as error:
            return text_response(str(error), error.code)

    def _routed(self, request: Request, body: bytes) -> Response:
        if request.method == "PATCH":
            raise RefusedError(501, "Method PATCH is not implemented by this servlet for this URI")
        path = request.scope["path"].lower()
        match = self._path.fullmatch(path)
        if match is None or (match["path"] in {"", "/"} and match["tenant"] not in {None, PUBLIC}):
            if request.method in {"HEAD", "OPTIONS"}:
                raise RefusedError(405, "Method not supported")
            raise refusal(path)
        methods = self._routes[match["path"] or "/"]
        any_route = next(iter(methods.values()))
        if not any_route.is_open:
            self._check_api_key(request)
        version = _version(request, any_route)
        route = methods.get(request.method)
        if route is None:
            raise RefusedError(405, "Method not supported")
        app_id, tenant_id = match["app"] or PUBLIC, match["tenant"] or PUBLIC
        app = self._apps.find(app_id)
        if app is None:
            raise tenant_not_found(app_id, tenant_id)
        call = Call(
            self._apps,
            app,
            match["path"] or "/",
            tenant_id,
            version,
            request.headers.get("rid"),
            Query(request.query_params),
            _decoded(body, request.headers.get("content-type", "")),
        )
        if route.scope is Tenants.APP:
            call.require_public()
        elif route.scope is Tenants.TENANT:
            call.require_tenant()
        try:
            return route.handler(call)
        except StatusError as error:
            return json_response(error.answer())

    def _check_api_key(self, request: Request) -> None:
        if not self._api_keys:
            return
        presented = request.headers.get("api-key")
        if presented is None:
            presented = re.sub(r"^bearer ", "", request.headers.get("authorization", ""), flags=re.IGNORECASE)
        if not any(hmac.compare_digest(presented.strip().encode(), key) for key in self._api_keys):
            raise RefusedError(401, "Invalid API key")


def _version(request: Request, route: Route) -> tuple[int, ...]:
    version = request.headers.get("cdi-version", VERSIONS[-1])
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", version):
        raise InputError("cdi-version header is invalid")
    if not route.is_timeless and version not in VERSIONS:
        raise InputError(f"cdi-version {version} not supported")
    return tuple(map(int, version.split(".")))


def _decoded(body: bytes, content_type: str) -> str:
    """Return a body as text, which is Latin-1 unless the content type names a charset."""
    charset = re.search(r"charset=\"?([\w-]+)", content_type, re.IGNORECASE)
    try:
        return body.decode(charset[1] if charset else "latin-1")
    except (UnicodeDecodeError, LookupError):
        return ""  # which is no JSON
