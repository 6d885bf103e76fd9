"""The answer of the core to a refresh."""

from __future__ import annotations

from typing import Any

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._refresh.outcome import Theft
from supertokens_lambda._refresh.tokens import RefreshToken, Tokens
from supertokens_lambda._verification.access_token import AccessToken
from supertokens_lambda._verification.session_tokens import front_token


class SessionEndedError(SuperTokensLambdaError):
    """The core says that the session has ended."""


class TheftError(SuperTokensLambdaError):
    """The core says that the refresh token was used after its successor was used."""

    def __init__(self, theft: Theft) -> None:
        super().__init__("a refresh token was used after its successor")
        self.theft: Theft = theft


def tokens_of(answer: dict[str, Any]) -> Tokens:
    """Return the tokens in an answer of the core.

    Raises
    ------
    SessionEndedError, TheftError
        The core says that the session has ended.
    ValueError, LookupError, TypeError
        The answer is malformed.
    """
    match answer["status"]:
        case "UNAUTHORISED" if "message" in answer:
            raise SessionEndedError
        case "TOKEN_THEFT_DETECTED":
            found = answer["session"]
            raise TheftError(Theft(found["handle"], found["userId"], found["recipeUserId"]))
        case "OK":
            session, access, refresh = answer["session"], answer["accessToken"], answer["refreshToken"]
        case _:
            raise ValueError("the core answered a refresh with an unknown status")
    token = AccessToken(access["token"])
    return Tokens(
        access_token=token.raw,
        front_token=front_token(session["userId"], access["expiry"], token.claims),
        refresh_token=RefreshToken(refresh["token"], refresh["expiry"], refresh["createdTime"]),
        anti_csrf_token=answer.get("antiCsrfToken"),
        session_handle=session["handle"],
        user_id=session["userId"],
        recipe_user_id=session["recipeUserId"],
        tenant_id=token.claims["tId"],
        payload=token.claims,
    )
