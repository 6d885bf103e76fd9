"""Routes: which function answers a method at a path, and which tenants may ask it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from starlette.responses import Response

from supertokens_lambda_local.core.call import Call

Handler: TypeAlias = Callable[[Call], Response]


class Scope(Enum):
    """Which tenants may ask.

    Attributes
    ----------
    TENANT
        Those that exist.
    APP
        The public one: the path is about the app as a whole.
    ANY
        All: the path does not look at the tenant.
    """

    TENANT = "tenant"
    APP = "app"
    ANY = "any"


@dataclass(frozen=True)
class Route:
    """One method at one path.

    Parameters
    ----------
    method, path
        The path is without app and tenant, which may go before it: ``/appid-<app>/<tenant><path>``.
    scope
        Which tenants may ask.
    handler
        Answers a call.
    is_open
        Whether callers need no api key.
    is_timeless
        Whether the ``cdi-version`` of a caller does not matter.
    """

    method: str
    path: str
    scope: Scope
    handler: Handler
    is_open: bool = False
    is_timeless: bool = False


class Routes:
    """The routes of a module, registered by decorating their handlers."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def __call__(
        self, method: str, path: str, scope: Scope, *, is_open: bool = False, is_timeless: bool = False
    ) -> Callable[[Handler], Handler]:
        """Return a decorator that registers a handler."""

        def register(handler: Handler) -> Handler:
            self._routes.append(Route(method, path, scope, handler, is_open, is_timeless))
            return handler

        return register
