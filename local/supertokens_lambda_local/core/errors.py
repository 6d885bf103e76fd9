"""What the core answers instead of OK; the messages are the core's own and name no secret.

CoreError
├── StatusError              a status of CDI other than OK
│   ├── UnauthorisedError        the session is gone, or the token never was one
│   ├── TryRefreshTokenError     the access token cannot be used
│   └── TokenTheftDetectedError  a refresh token came back after another had taken its place
├── RefusedError             an HTTP status other than 200, with a line of text
│   └── InputError               400: input that the core refuses
│       └── PayloadError             the user's payload has a key that the core keeps for itself
├── InvalidJWTError          the string is not shaped as an access token
└── DataFileError            the file of ``--data`` cannot be used
"""

from typing import Any


class CoreError(Exception):
    """Base of all errors of the core."""


class StatusError(CoreError):
    """An answer whose ``status`` is not OK.

    Parameters
    ----------
    status
        The status.
    fields
        What else is in the answer.
    """

    def __init__(self, status: str, **fields: Any) -> None:
        super().__init__(fields.get("message", status))
        self.status = status
        self._fields = fields

    def answer(self) -> dict[str, Any]:
        """Return the JSON object that the caller gets."""
        return {"status": self.status, **self._fields}


class UnauthorisedError(StatusError):
    """The session does not exist or is over, or the token does not belong to one."""

    def __init__(self, message: str) -> None:
        super().__init__("UNAUTHORISED", message=message)


class TryRefreshTokenError(StatusError):
    """The access token is expired, forged, or signed by a key that is gone."""

    def __init__(self, message: str) -> None:
        super().__init__("TRY_REFRESH_TOKEN", message=message)


class TokenTheftDetectedError(StatusError):
    """Two parties hold tokens of one session, which the core leaves for its caller to revoke."""

    def __init__(self, handle: str, user_id: str, recipe_user_id: str) -> None:
        session = {"handle": handle, "userId": user_id, "recipeUserId": recipe_user_id}
        super().__init__("TOKEN_THEFT_DETECTED", session=session)
        self.handle = handle
        self.user_id = user_id


class RefusedError(CoreError):
    """An answer with an HTTP status other than 200.

    Parameters
    ----------
    code
        The HTTP status.
    text
        The line of text that the caller gets.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class InputError(RefusedError):
    """Input that the core refuses; the message says why."""

    def __init__(self, text: str) -> None:
        super().__init__(400, text)


class PayloadError(InputError):
    """The user's payload has a key that the core keeps for itself."""

    def __init__(self) -> None:
        super().__init__("The user payload contains protected field")


class InvalidJWTError(CoreError):
    """The string is not shaped as an access token."""


class DataFileError(CoreError):
    """The data file cannot be used; the message says what to do."""


def tenant_not_found(app_id: str, tenant_id: str) -> InputError:
    """Return the error of a tenant, or an app, that does not exist."""
    return InputError(
        "AppId or tenantId not found => Tenant with the following connectionURIDomain, appId and tenantId combination "
        f"not found: (, {app_id}, {tenant_id})"
    )
