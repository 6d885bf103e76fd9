"""GET and POST /account/sessions: where this visitor is signed in, and signing out everywhere."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import Response
from supertokens_python.recipe.session.syncio import (
    get_all_session_handles_for_user,
    get_session_information,
    revoke_all_sessions_for_user,
)
from web import VISITORS, router, session, show

from supertokens_lambda.pages import redirect
from supertokens_lambda.powertools import powertools_response
from supertokens_lambda.settings import settings

SHOWN = 20  # each is a call to the core

logger = Logger(child=True)
metrics = Metrics()
tracer = Tracer()

BODY = """
<ul>
{sessions}
</ul>
<form method="post">
<button>Sign out everywhere</button>
</form>
<p class="soft">Other devices are signed out at the latest when their access tokens expire.</p>
"""


@router.get("/account/sessions", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def sessions() -> Response[Any]:
    session().sdk()  # starts SuperTokens' SDK
    here = session().get_handle()
    others = [handle for handle in get_all_session_handles_for_user(session().get_user_id()) if handle != here]
    lines = [line(here, ", this device"), *map(line, others[:SHOWN])]
    if len(others) > SHOWN:
        lines.append(f"<li>and {len(others) - SHOWN} more</li>")
    return show("Where you are signed in", BODY.format(sessions="\n".join(filter(None, lines))))


@router.post("/account/sessions", middlewares=VISITORS)
@tracer.capture_method(capture_response=False)
def sign_out_everywhere() -> Response[Any]:
    container, user_id = session().sdk(), session().get_user_id()
    revoke_all_sessions_for_user(user_id)
    container.sync_revoke_session()  # clears the cookies of this browser
    logger.info("signed out everywhere", extra={"user_id": user_id})
    metrics.add_metric(name="SignedOutEverywhere", unit="Count", value=1)
    return powertools_response(redirect(settings().sign_in_url, status=303))


def line(handle: str, remark: str = "") -> str:
    """Return the line of a session; empty if it ended a moment ago."""
    found = get_session_information(handle)
    if found is None:
        return ""
    began = datetime.fromtimestamp(found.time_created / 1000, UTC)
    return f'<li>since <time datetime="{began:%Y-%m-%dT%H:%MZ}">{began:%d %B %Y, %H:%M} UTC</time>{remark}</li>'
