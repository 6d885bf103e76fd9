"""The core's manners over HTTP: paths, api keys, versions and the shape of answers (SuperTokens core, WebserverAPI)."""

import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from supertokens_lambda_local.core.access_tokens import TENANT_ID
from supertokens_lambda_local.core.call import Call, Query
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.jwt import JsonObject

CDI_VERSION: Final = "5.4"

Handler: TypeAlias = Callable[[Call], Response]

_APP = r"(?:/appid-(?P<app>[a-z0-9-]*))?"
# Taken last of all, since /apiversion is a path before it is a tenant.
_TENANT = r"(?:/(?!(?:recipe|config|users|hello)(?:/|$))(?P<tenant>[a-z0-9-]+))??"


@dataclass(frozen=True)
class Api:
    """One path of the core.

    Parameters
    ----------
    path
        Without app and tenant, which may go before it: ``/appid-<app>/<tenant><path>``.
    handlers
        By method.
    asks_key
        Whether a caller must present an api key, where the core has any.
    asks_version
        Whether the ``cdi-version`` of a caller, where it is sent, must be one that the core speaks.
    asks_tenant
        Whether the tenant must exist.
    """

    path: str
    handlers: Mapping[str, Handler]
    asks_key: bool = True
    asks_version: bool = True
    asks_tenant: bool = True


class Transport:
    """The ASGI application that leads requests to the handlers of their path."""

    def __init__(self, apis: Iterable[Api], api_keys: Iterable[str] = ()) -> None:
        self._apis = {api.path: api for api in apis}
        self._api_keys = tuple(key.encode() for key in api_keys)
        paths = "|".join(map(re.escape, self._apis))
        self._path = re.compile(f"{_APP}{_TENANT}(?P<path>{paths}|)/?")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing is awaited between reading it and having its answer."""
        request = Request(scope, receive)
        body = await request.body()
        try:
            response = self._answer(request, body)
        except HTTPException as error:
            response = text_response(error.detail, error.status_code)
        await response(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        match = self._path.fullmatch(request.scope["path"].lower())
        if match is None:
            raise HTTPException(404, "Not found")
        app_id, tenant_id = match["app"] or TENANT_ID, match["tenant"] or TENANT_ID
        api = self._apis[match["path"] or "/"]
        if api.path == "/" and tenant_id != TENANT_ID:
            raise HTTPException(404, "Not found")
        if api.asks_key:
            self._check_api_key(request)
        _check_cdi_version(request, api)
        handler = api.handlers.get(request.method)
        if handler is None:
            raise HTTPException(405, "Method not supported")
        if app_id != TENANT_ID or (api.asks_tenant and tenant_id != TENANT_ID):
            raise HTTPException(400, f"AppId or tenantId not found => ({app_id}, {tenant_id})")
        try:
            return handler(Call(tenant_id, Query(request.query_params), body))
        except StatusError as error:
            return json_response(error.answer())
        except InputError as error:
            raise HTTPException(400, str(error)) from None

    def _check_api_key(self, request: Request) -> None:
        if not self._api_keys:
            return
        presented = request.headers.get("api-key")
        if presented is None:
            presented = re.sub(r"^bearer ", "", request.headers.get("authorization", ""), flags=re.IGNORECASE)
        if not any(hmac.compare_digest(presented.strip().encode(), key) for key in self._api_keys):
            raise HTTPException(401, "Invalid API key")


def json_response(content: JsonObject, headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON as the core writes it."""
    return Response(f"{json.dumps(content)}\n", headers=headers, media_type="application/json; charset=UTF-8")


def text_response(text: str, status: int = 200) -> Response:
    """Return text as the core writes it, errors above all."""
    return Response(f"{text}\n", status, headers={"content-type": "text/html; charset=UTF-8"})


def ok(**fields: Any) -> Response:
    """Return JSON with the status OK."""
    return json_response({**fields, "status": "OK"})


def _check_cdi_version(request: Request, api: Api) -> None:
    version = request.headers.get("cdi-version", CDI_VERSION)
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", version):
        raise HTTPException(400, "cdi-version header is invalid")
    if api.asks_version and version != CDI_VERSION:
        raise HTTPException(400, f"cdi-version {version} not supported")
