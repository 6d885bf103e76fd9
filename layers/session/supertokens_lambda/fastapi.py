"""`verify_session` as a FastAPI dependency, under `SessionMiddleware`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations of a dependency

from supertokens_lambda._verification.options import VerifyOptions
from supertokens_lambda.asgi._guarded_request import GuardedRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Unpack

    from supertokens_lambda._verification.options import Keywords, OtherKeywords
    from supertokens_lambda._verification.session import Session

__all__ = ["verify_session"]


@overload
def verify_session(
    *,
    session_required: Literal[True] = True,
    **keywords: Unpack[OtherKeywords],
) -> Callable[[Request], Awaitable[Session]]: ...


@overload
def verify_session(
    *,
    session_required: bool,
    **keywords: Unpack[OtherKeywords],
) -> Callable[[Request], Awaitable[Session | None]]: ...


def verify_session(
    **keywords: Unpack[Keywords],
) -> Callable[[Request], Awaitable[Session | None]]:
    """Return a dependency that guards one route; the keywords are those of `supertokens_lambda.verify_session`.

    Returns
    -------
    callable
        A dependency for ``Depends``, which returns the session.

    Examples
    --------
    >>> from typing import Annotated
    >>> from fastapi import Depends, FastAPI
    >>> from supertokens_lambda import Session
    >>> from supertokens_lambda.asgi import SessionMiddleware
    >>> from supertokens_lambda.fastapi import verify_session
    >>> app = FastAPI()
    >>> app.add_middleware(SessionMiddleware, guarded=[])
    >>> @app.get("/account")
    ... async def account(session: Annotated[Session, Depends(verify_session(check_database=True))]) -> str:
    ...     return session.get_user_id()
    """
    options = VerifyOptions(**keywords)

    async def dependency(request: Request) -> Session | None:
        return await GuardedRequest.of(request.scope).admit_apart(options)

    return dependency
