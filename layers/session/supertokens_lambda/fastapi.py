"""`verify_session` as a FastAPI dependency, under `SessionMiddleware`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from starlette.requests import Request  # noqa: TC002 - FastAPI reads the dependency's annotations

from supertokens_lambda._verification.options import OnFailure, Validators, VerifyOptions
from supertokens_lambda.asgi._middleware import Visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from supertokens_lambda._verification.session import Session


@overload
def verify_session(
    *,
    session_required: Literal[True] = True,
    anti_csrf_check: bool | None = None,
    check_database: bool = False,
    override_global_claim_validators: Validators | None = None,
    on_failure: OnFailure = "auto",
    refresh_path: str | None = None,
) -> Callable[[Request], Awaitable[Session]]: ...


@overload
def verify_session(
    *,
    session_required: bool,
    anti_csrf_check: bool | None = None,
    check_database: bool = False,
    override_global_claim_validators: Validators | None = None,
    on_failure: OnFailure = "auto",
    refresh_path: str | None = None,
) -> Callable[[Request], Awaitable[Session | None]]: ...


def verify_session(
    *,
    session_required: bool = True,
    anti_csrf_check: bool | None = None,
    check_database: bool = False,
    override_global_claim_validators: Validators | None = None,
    on_failure: OnFailure = "auto",
    refresh_path: str | None = None,
) -> Callable[[Request], Awaitable[Session | None]]:
    """Make a dependency that guards one route; the keywords are those of the decorator.

    Returns
    -------
    callable
        For ``Depends``; it gives the session.

    Examples
    --------
    >>> @app.get("/account")
    ... async def account(session: Annotated[Session, Depends(verify_session(check_database=True))]): ...
    """
    options = VerifyOptions(
        session_required=session_required,
        anti_csrf_check=anti_csrf_check,
        check_database=check_database,
        override_global_claim_validators=override_global_claim_validators,
        on_failure=on_failure,
        refresh_path=refresh_path,
    )

    async def dependency(request: Request) -> Session | None:
        return await Visit.of(request.scope).admit_apart(options)

    return dependency
