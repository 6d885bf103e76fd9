"""Tools for pages with forms: signing in, up and out without JavaScript, and the way back to the visitor's page."""

from __future__ import annotations

from supertokens_lambda._guard.answers import OPTIONAL_SESSION
from supertokens_lambda._guard.sign_in import wants_form
from supertokens_lambda._http.message import Additions
from supertokens_lambda._sdk.api_answer import ApiAnswer
from supertokens_lambda._verification.verdict import Failed, Unavailable
from supertokens_lambda.forms._api import call_api, recipes, sign_out
from supertokens_lambda.forms._flow import forget, keep, kept, link_code_in_query
from supertokens_lambda.forms._navigation import (
    after_sign_in,
    came_from,
    cookie_problem,
    find_session,
    is_same_origin,
    link,
)

__all__ = [
    "OPTIONAL_SESSION",
    "Additions",
    "ApiAnswer",
    "Failed",
    "Unavailable",
    "after_sign_in",
    "call_api",
    "came_from",
    "cookie_problem",
    "find_session",
    "forget",
    "is_same_origin",
    "keep",
    "kept",
    "link",
    "link_code_in_query",
    "recipes",
    "sign_out",
    "wants_form",
]
