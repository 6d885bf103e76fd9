"""Sessions of users of the dashboard."""

from uuid import uuid4

from starlette.responses import Response

from supertokens_lambda_local.core.answers import ok
from supertokens_lambda_local.core.call import Call
from supertokens_lambda_local.core.errors import StatusError
from supertokens_lambda_local.core.passwords import matches
from supertokens_lambda_local.core.recipes.dashboard import DashboardSession, DashboardUser, find_user
from supertokens_lambda_local.core.routes import Routes, Scope
from supertokens_lambda_local.core.users.accounts import normalised_email

routes = Routes()

_SESSION_LIFE = 30 * 24 * 3600 * 1000


@routes("POST", "/recipe/dashboard/signin", Scope.APP)
def sign_in(call: Call) -> Response:
    """Start a session."""
    email, password = normalised_email(call.body.name("email")), call.body.name("password")
    user = find_user(call, email, None)
    if user is None or not matches(password, user.password_hash):
        raise StatusError("INVALID_CREDENTIALS_ERROR")
    now = call.app.config.now()
    session = DashboardSession(str(uuid4()), user.user_id, now, now + _SESSION_LIFE)
    call.app.table(DashboardSession).put(session)
    return ok(sessionId=session.session_id)


@routes("POST", "/recipe/dashboard/session/verify", Scope.APP)
def verify_session(call: Call) -> Response:
    """Return whose session it is."""
    session = call.app.table(DashboardSession).get(call.body.name("sessionId"))
    user = None if session is None else call.app.table(DashboardUser).get(session.user_id)
    if session is None or user is None or session.expiry < call.app.config.now():
        raise StatusError("INVALID_SESSION_ERROR")
    return ok(email=user.email)


@routes("DELETE", "/recipe/dashboard/session", Scope.APP)
def delete_session(call: Call) -> Response:
    """Revoke a session."""
    call.app.table(DashboardSession).remove(call.query.name("sessionId"))
    return ok()


@routes("GET", "/recipe/dashboard/user/sessions", Scope.APP)
def list_sessions(call: Call) -> Response:
    """List the sessions of a user."""
    sessions = call.app.table(DashboardSession).where(user_id=call.query.name("userId"))
    fields = [
        {
            "userId": session.user_id,
            "sessionId": session.session_id,
            "timeCreated": session.time_created,
            "expiry": session.expiry,
        }
        for session in sessions
    ]
    return ok(sessions=fields)
