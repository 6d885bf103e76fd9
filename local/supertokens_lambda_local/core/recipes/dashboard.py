"""Users of the dashboard."""

import re
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from uuid import uuid4

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import InputError, StatusError
from supertokens_lambda_local.core.passwords import hashed
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.tables import Row
from supertokens_lambda_local.core.users.accounts import normalised_email

routes = Routes()

_LIMIT = (
    "Free user limit reached. Please subscribe to a SuperTokens core license key to allow more users to access the "
    "dashboard."
)
_FREE_USERS = 3
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 8, 100


@dataclass(frozen=True)
class DashboardUser(Row):
    """Somebody who may use the dashboard."""

    KEY: ClassVar = ("user_id",)

    user_id: str
    email: str
    password_hash: str = field(repr=False)
    time_joined: int

    def profile(self) -> dict[str, Any]:
        """Return the JSON object of the user."""
        return {"email": self.email, "userId": self.user_id, "timeJoined": self.time_joined}


@dataclass(frozen=True)
class DashboardSession(Row):
    """A session of the dashboard."""

    KEY: ClassVar = ("session_id",)

    session_id: str = field(repr=False)
    user_id: str
    time_created: int
    expiry: int


@routes("POST", "/recipe/dashboard/user", Scope.APP)
def create_user(call: Call) -> Response:
    """Create a user."""
    email = normalised_email(call.body.name("email"))
    _check_email(email)
    password = call.body.name("password")
    _check_password(password)
    table = call.app.table(DashboardUser)
    if len(table) >= _FREE_USERS:
        call.require_paid_feature(_LIMIT)
    if table.where(email=email):
        raise StatusError("EMAIL_ALREADY_EXISTS_ERROR")
    user = DashboardUser(str(uuid4()), email, hashed(password), call.app.config.now())
    table.put(user)
    return ok(user=user.profile())


@routes("PUT", "/recipe/dashboard/user", Scope.APP)
def update_user(call: Call) -> Response:
    """Change a user; a changed password ends the sessions."""
    new_email, new_password = call.body.optional_name("newEmail"), call.body.optional_name("newPassword")
    if new_email is not None:
        new_email = normalised_email(new_email)
        _check_email(new_email)
    if new_password is not None:
        _check_password(new_password)
    user_id, email = call.body.optional_name("userId"), call.body.optional_name("email")
    if user_id is None and email is None:
        raise InputError("Either field 'email' or 'userId' must be present")
    user = find_user(call, email, user_id)
    if user is None:
        raise StatusError("UNKNOWN_USER_ERROR")
    if new_email is not None:
        if any(other != user for other in call.app.table(DashboardUser).where(email=new_email)):
            raise StatusError("EMAIL_ALREADY_EXISTS_ERROR")
        user = replace(user, email=new_email)
    if new_password is not None:
        user = replace(user, password_hash=hashed(new_password))
        call.app.table(DashboardSession).remove_where(user_id=user.user_id)
    call.app.table(DashboardUser).put(user)
    return ok(user=user.profile())


@routes("DELETE", "/recipe/dashboard/user", Scope.APP)
def delete_user(call: Call) -> Response:
    """Remove a user and the sessions."""
    email, user_id = call.query.optional_name("email"), call.query.optional_name("userId")
    if email is None and user_id is None:
        raise InputError("Either field 'email' or 'userId' must be present")
    user = find_user(call, email, user_id)
    if user is not None:
        call.app.table(DashboardUser).remove(user.user_id)
        call.app.table(DashboardSession).remove_where(user_id=user.user_id)
    return ok(didUserExist=user is not None)


@routes("GET", "/recipe/dashboard/users", Scope.APP)
def list_users(call: Call) -> Response:
    """List all users, the oldest first."""
    return ok(users=[user.profile() for user in call.app.table(DashboardUser)])


def find_user(call: Call, email: str | None, user_id: str | None) -> DashboardUser | None:
    """Return the user of an id or, without one, of an address."""
    if user_id is not None:
        return call.app.table(DashboardUser).get(user_id)
    return next(iter(call.app.table(DashboardUser).where(email=normalised_email(email or ""))), None)


def _check_email(email: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise StatusError("INVALID_EMAIL_ERROR")


def _check_password(password: str) -> None:
    problems = (
        (len(password) < _SHORTEST_PASSWORD, "Password must contain at least 8 characters, including a number"),
        (len(password) >= _LONGEST_PASSWORD, "Password's length must be lesser than 100 characters"),
        (not re.search("[A-Za-z]", password), "Password must contain at least one alphabet"),
        (not re.search("[0-9]", password), "Password must contain at least one number"),
    )
    for is_weak, message in problems:
        if is_weak:
            raise StatusError("PASSWORD_WEAK_ERROR", message=message)
