"""GET and POST /account/delete: delete the account, once the visitor has typed its password, or its name."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import Response
from supertokens_python.recipe.session.syncio import revoke_all_sessions_for_user
from supertokens_python.syncio import delete_user
from supertokens_python.types import User
from users import is_password_of, name_of, password_login, visitor
from web import VISITORS, field, path, request, router, session, show

logger = Logger(child=True)
metrics = Metrics()
tracer = Tracer()

FORM = """
<p>Your account is deleted for good, with all that belongs to it.</p>
<form method="post" novalidate>
{field}<button>Delete my account</button>
</form>
"""
DONE = '<p role="status">Your account is deleted.</p>\n<p><a href="{home}">Go to the home page</a></p>'


@router.get("/account/delete", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def deletion_form() -> Response[Any]:
    return form(visitor(session()))


@router.post("/account/delete", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def delete_account() -> Response[Any]:
    user = visitor(session())
    if not is_confirmed(user, request().form()):
        return form(user, is_refused=True)
    # The sessions go first: if the core fails in between, the account is there and can be deleted again.
    revoke_all_sessions_for_user(user.id)
    delete_user(user.id)
    session().sdk().sync_revoke_session()  # clears the cookies of this browser
    logger.info("account deleted", extra={"user_id": user.id})
    metrics.add_metric(name="AccountsDeleted", unit="Count", value=1)
    return show("Account deleted", DONE.format(home=path("/")))


def is_confirmed(user: User, typed: dict[str, str]) -> bool:
    """Check what the visitor typed: whoever finds a browser open knows the name of the account, not its password."""
    login = password_login(user)
    if login is not None:
        return is_password_of(login, typed.get("password", ""), session().get_tenant_id())
    return typed.get("name", "").strip().casefold() == name_of(user).casefold()


def form(user: User, *, is_refused: bool = False) -> Response[Any]:
    """Return the form: an account without a password is confirmed by its name."""
    if password_login(user) is not None:
        error = "This is not your password." if is_refused else ""
        shown = field(
            "password",
            f"To confirm, type the password of {name_of(user)}",
            kind="password",
            autocomplete="current-password",
            error=error,
        )
    else:
        error = "This is not the name of your account." if is_refused else ""
        shown = field("name", f"To confirm, type {name_of(user)}", kind="text", autocomplete="off", error=error)
    return show("Delete your account", FORM.format(field=shown), status=400 if is_refused else 200)
