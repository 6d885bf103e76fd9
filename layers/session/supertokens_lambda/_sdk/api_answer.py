"""What SuperTokens' API answers to a call of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._http.message import Additions


class ApiAnswer(NamedTuple):
    """What SuperTokens' API answered to a call of the server.

    Attributes
    ----------
    status : int
        The status code.
    content : mapping
        The JSON, with SuperTokens' ``status``.
    additions : Additions
        The session's cookies, those of the browser SDK too, for the page that is the answer.
    """

    status: int
    content: Mapping[str, Any]
    additions: Additions
