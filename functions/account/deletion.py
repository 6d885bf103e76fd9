"""GET and POST /account/delete: delete the account, after the visitor has typed its name."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import Response
from supertokens_python.recipe.session.syncio import revoke_all_sessions_for_user
from supertokens_python.syncio import delete_user
from users import name_of, visitor
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
    return form(name_of(visitor(session())))


@router.post("/account/delete", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def delete_account() -> Response[Any]:
    user = visitor(session())
    if request().form().get("name", "").strip().casefold() != name_of(user).casefold():
        return form(name_of(user), "This is not the name of your account.")
    # The sessions go first: if the core fails in between, the account is there and can be deleted again.
    revoke_all_sessions_for_user(user.id)
    delete_user(user.id)
    session().sdk().sync_revoke_session()  # clears the cookies of this browser
    logger.info("account deleted", extra={"user_id": user.id})
    metrics.add_metric(name="AccountsDeleted", unit="Count", value=1)
    return show("Account deleted", DONE.format(home=path("/")))


def form(name: str, error: str = "") -> Response[Any]:
    shown = field("name", f"To confirm, type {name}", kind="text", autocomplete="off", error=error)
    return show("Delete your account", FORM.format(field=shown), status=400 if error else 200)
