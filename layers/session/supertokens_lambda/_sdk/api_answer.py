"""The answer of SuperTokens' API to a call by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._http.message import Additions


class ApiAnswer(NamedTuple):
    """The answer of SuperTokens' API to a call by the server.

    Attributes
    ----------
    status : int
        The status code.
    content : mapping
        The JSON, with SuperTokens' ``status``.
    additions : Additions
        The cookies of the session and the browser SDK; add them to the response.

    Examples
    --------
    >>> from supertokens_lambda.forms import Additions, ApiAnswer
    >>> answer = ApiAnswer(status=200, content={"status": "OK"}, additions=Additions())
    >>> answer.content["status"]
    'OK'
    """

    status: int
    content: Mapping[str, Any]
    additions: Additions
