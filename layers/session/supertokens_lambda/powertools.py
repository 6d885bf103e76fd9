"""`SessionMiddleware` and `powertools_response` for resolvers of the Event Handler in Powertools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response as PowertoolsResponse
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver, CORSConfig
from aws_lambda_powertools.event_handler.middlewares import BaseMiddlewareHandler
from aws_lambda_powertools.shared.cookies import Cookie
from aws_lambda_powertools.utilities.data_classes.vpc_lattice import VPCLatticeEventV2

from supertokens_lambda._entry import Refused, open_event
from supertokens_lambda._guard.answers import too_large
from supertokens_lambda._http.event_sources.fields import merge_headers
from supertokens_lambda._http.message import NO_STORE, ContentTooLargeError, Response
from supertokens_lambda._init_phase import prepare
from supertokens_lambda._log import log_outcome
from supertokens_lambda._runtime import current
from supertokens_lambda._verification.options import VerifyOptions

if TYPE_CHECKING:
    from typing import Unpack

    from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

    from supertokens_lambda._http.message import Additions
    from supertokens_lambda._verification.options import Keywords
    from supertokens_lambda._verification.session import Session

__all__ = ["SessionMiddleware", "powertools_response"]


class SessionMiddleware(BaseMiddlewareHandler[ApiGatewayResolver]):
    """Guards the routes of a Powertools resolver as `verify_session` guards a handler, with the same answers.

    A guarded route finds the session in ``app.context["session"]`` and the `Request` in ``app.context["request"]``. The
    session is None for a visitor without one, where none is required. Powertools serializes the responses.

    A CORS preflight runs no route that requires a session. It gets the CORS headers of the resolver if the resolver has
    a `CORSConfig`, and otherwise an empty answer.

    Parameters
    ----------
    **keywords
        See `supertokens_lambda.verify_session`.

    Examples
    --------
    >>> from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
    >>> from supertokens_lambda.powertools import SessionMiddleware
    >>> app = APIGatewayHttpResolver()
    >>> app.use(middlewares=[SessionMiddleware()])
    >>> @app.get("/orders")
    ... def orders() -> dict[str, str]:
    ...     return {"user": app.context["session"].get_user_id()}
    """

    def __init__(self, **keywords: Unpack[Keywords]) -> None:
        super().__init__()
        self._options = VerifyOptions(**keywords)
        prepare()

    def handler(self, app: ApiGatewayResolver, next_middleware: NextMiddleware) -> PowertoolsResponse[Any]:
        """Serve a request: by its route, or with the answer to a refused one.

        Raises
        ------
        NotImplementedError
            The request came through VPC Lattice, for which Powertools writes no cookies.
        """
        if isinstance(app.current_event, VPCLatticeEventV2):
            raise NotImplementedError("Powertools writes no cookies for VPC Lattice; use verify_session instead")
        opened = open_event(app.current_event.raw_event, app.lambda_context)
        if isinstance(opened, Refused):
            return powertools_response(opened.response)
        _, request = opened

        def handle(session: Session | None) -> PowertoolsResponse[Any]:
            app.context.update(session=session, request=request)
            return next_middleware(app)

        try:
            response = current().guard.serve(request, self._options, handle, _Resolver(app))
        except ContentTooLargeError:
            log_outcome("bad-request", "content-too-large")
            response = powertools_response(too_large(request, current().settings))
        return _carried(response, one_cookie=request.one_cookie)


class _Resolver:
    """A resolver as the guard sees it."""

    def __init__(self, app: ApiGatewayResolver) -> None:
        self._app = app

    def answer(self, response: Response) -> PowertoolsResponse[Any]:
        """Return a response; that of a preflight has the allowed methods, and the resolver adds other CORS headers."""
        answer = powertools_response(response)
        if response.status == 204 and self._app._cors is not None:  # noqa: SLF001 - Powertools has no public name for it
            methods = CORSConfig.build_allow_methods(self._app._cors_methods)  # noqa: SLF001
            answer.headers["Access-Control-Allow-Methods"] = methods
        return answer

    def amend(self, answer: PowertoolsResponse[Any], additions: Additions) -> PowertoolsResponse[Any]:
        """Return the response of a route with the additions."""
        answer.headers = _UncachedHeaders(merge_headers(answer.headers, additions))
        answer.cookies = [*answer.cookies, *map(_SetCookie, additions.cookies)]
        return answer


class _SetCookie(Cookie):
    """A cookie that is serialized already."""

    def __init__(self, field: str) -> None:
        name, _, value = field.partition(";")[0].partition("=")
        super().__init__(name, value)
        self._field = field

    def __str__(self) -> str:
        return self._field


class _UncachedHeaders(dict[str, Any]):
    """Headers that keep `no-store` although Powertools adds the `cache_control` of a route last."""

    def __setitem__(self, name: str, value: Any) -> None:
        if name.lower() != NO_STORE[0]:
            super().__setitem__(name, value)


def powertools_response(response: Response) -> PowertoolsResponse[Any]:
    """Return a page, a redirect or another `Response` as a route of a resolver returns it.

    Examples
    --------
    >>> from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
    >>> from supertokens_lambda.pages import page
    >>> from supertokens_lambda.powertools import powertools_response
    >>> app = APIGatewayHttpResolver()
    >>> @app.get("/about")
    ... def about() -> Response[str]:
    ...     return powertools_response(page("About", "<p>Hello</p>"))
    """
    cookies: list[Cookie] = [_SetCookie(field) for field in response.cookies]
    answer: PowertoolsResponse[Any] = PowertoolsResponse(response.status, body=response.body, cookies=cookies)
    answer.headers = _UncachedHeaders(response.headers)
    return answer


def _carried(response: PowertoolsResponse[Any], *, one_cookie: bool) -> PowertoolsResponse[Any]:
    """Return a response with the cookie that matters most, if the event source carries only one."""
    if one_cookie and response.cookies:
        from supertokens_lambda._http.event_sources.alb_single_value import selected_cookie

        response.cookies = [_SetCookie(selected_cookie([str(cookie) for cookie in response.cookies]))]
    return response
