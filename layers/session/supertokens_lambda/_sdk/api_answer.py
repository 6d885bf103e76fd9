"""What SuperTokens' API answers to a call of the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supertokens_lambda._http.message import Additions


@dataclass(frozen=True)
class ApiAnswer:
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
