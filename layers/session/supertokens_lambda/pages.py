"""Plain, accessible pages, in the style of the guard's own, and the answers that go with them."""

from __future__ import annotations

from supertokens_lambda._guard.answers import RETRY_AFTER, answer_to_fault, redirect
from supertokens_lambda._html import page
from supertokens_lambda._http.message import NO_STORE

__all__ = ["NO_STORE", "RETRY_AFTER", "answer_to_fault", "page", "redirect"]
