"""GET and POST /account/password: change the password, and end all other sessions."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from supertokens_python.recipe.emailpassword.interfaces import PasswordPolicyViolationError
from supertokens_python.recipe.emailpassword.syncio import update_email_or_password
from supertokens_python.recipe.session.syncio import get_all_session_handles_for_user, revoke_multiple_sessions
from supertokens_python.types import LoginMethod
from users import is_password_of, password_login, visitor
from web import VISITORS, field, path, request, router, session, show

logger = Logger(child=True)
metrics = Metrics()
tracer = Tracer()

RULES = "At least 8 characters, with a letter and a number."  # of SuperTokens' own validator
FORM = """
<form method="post" novalidate>
{fields}<button>Change password</button>
</form>
<p class="soft">Other devices are signed out, at the latest when their access tokens expire.</p>
"""
DONE = """
<p role="status">Your password is changed, and other devices are signed out.</p>
<p><a href="{account}">Back to your account</a></p>
"""


@router.get("/account/password", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def password_form() -> Response[Any]:
    login_with_password()
    return form()


@router.post("/account/password", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def change_password() -> Response[Any]:
    login, typed, tenant = login_with_password(), request().form(), session().get_tenant_id()
    if not is_password_of(login, typed.get("current_password", ""), tenant):
        return form(current="This is not your password.")
    changed = update_email_or_password(
        login.recipe_user_id, password=typed.get("new_password", ""), tenant_id_for_password_policy=tenant
    )
    if isinstance(changed, PasswordPolicyViolationError):
        return form(new=changed.failure_reason)
    user_id, here = session().get_user_id(), session().get_handle()
    revoke_multiple_sessions([handle for handle in get_all_session_handles_for_user(user_id) if handle != here])
    logger.info("password changed", extra={"user_id": user_id})
    metrics.add_metric(name="PasswordsChanged", unit="Count", value=1)
    return show("Password changed", DONE.format(account=path("/account")))


def login_with_password() -> LoginMethod:
    """Return the login method with a password; an account without one gets 404."""
    login = password_login(visitor(session()))
    if login is None:
        raise NotFoundError
    return login


def form(current: str = "", new: str = "") -> Response[Any]:
    """Return the form, with what is wrong about its fields."""
    # By these names the guard knows passwords, and leaves them out where it returns a form that cannot be handled now.
    fields = field(
        "current_password", "Current password", kind="password", autocomplete="current-password", error=current
    )
    fields += field("new_password", "New password", kind="password", autocomplete="new-password", hint=RULES, error=new)
    return show("Change your password", FORM.format(fields=fields), status=400 if current or new else 200)
