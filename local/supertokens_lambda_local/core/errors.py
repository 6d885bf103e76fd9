"""What the core answers instead of OK; the messages are the core's own and name no secret.

CoreError
├── StatusError              a status of CDI other than OK
│   ├── UnauthorisedError        the session is gone, or the token never was one
│   ├── TryRefreshTokenError     the access token cannot be used
│   ├── TokenTheftDetectedError  a refresh token came back after another had taken its place
│   ├── EmailAlreadyExistsError  another user has the e-mail address
│   ├── WrongCredentialsError    no user has the e-mail address and the password
│   ├── UnknownUserIdError       no user has the id
│   └── InvalidResetTokenError   the password reset token is unknown, spent or expired
├── InputError               input that the core refuses
│   ├── PayloadError             the user's payload takes a key that the core keeps for itself
│   └── PaginationTokenError     the token was not made by the list of users
└── InvalidJWTError          the string is not shaped as an access token
"""

from typing import Any, ClassVar


class CoreError(Exception):
    """Base of all errors of the core."""


class StatusError(CoreError):
    """An answer whose ``status`` is not OK; the message, where there is one, is part of the answer."""

    status: ClassVar[str]

    def answer(self) -> dict[str, Any]:
        """Return the JSON object that the caller gets."""
        return {"status": self.status, **({"message": str(self)} if self.args else {})}


class UnauthorisedError(StatusError):
    """The session does not exist or is over, or the token does not belong to one."""

    status = "UNAUTHORISED"


class TryRefreshTokenError(StatusError):
    """The access token is expired, forged, or signed by a key that is gone."""

    status = "TRY_REFRESH_TOKEN"


class TokenTheftDetectedError(StatusError):
    """Two parties hold tokens of one session, which the core leaves for its caller to revoke."""

    status = "TOKEN_THEFT_DETECTED"

    def __init__(self, handle: str, user_id: str) -> None:
        super().__init__()
        self.handle = handle
        self.user_id = user_id

    def answer(self) -> dict[str, Any]:
        """Return the JSON object that the caller gets: it names the session."""
        session = {"handle": self.handle, "userId": self.user_id, "recipeUserId": self.user_id}
        return {"status": self.status, "session": session}


class EmailAlreadyExistsError(StatusError):
    """Another user has this e-mail address."""

    status = "EMAIL_ALREADY_EXISTS_ERROR"


class WrongCredentialsError(StatusError):
    """No user has this e-mail address and this password."""

    status = "WRONG_CREDENTIALS_ERROR"


class UnknownUserIdError(StatusError):
    """No user has this id."""

    status = "UNKNOWN_USER_ID_ERROR"


class InvalidResetTokenError(StatusError):
    """The password reset token is unknown, spent or expired."""

    status = "RESET_PASSWORD_INVALID_TOKEN_ERROR"


class InputError(CoreError):
    """Input that the core refuses; the message says why."""


class PayloadError(InputError):
    """The user's payload has a key that the core keeps for itself."""

    def __init__(self) -> None:
        super().__init__("The user payload contains protected field")


class PaginationTokenError(InputError):
    """The pagination token was not made by the list of users."""

    def __init__(self) -> None:
        super().__init__("invalid pagination token")


class InvalidJWTError(CoreError):
    """The string is not shaped as an access token."""
