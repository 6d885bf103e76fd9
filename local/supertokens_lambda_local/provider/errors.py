"""The errors of OAuth 2.0 and OpenID Connect."""

from typing import Any


class ProtocolError(Exception):
    """An error that the protocol names.

    Parameters
    ----------
    code : str
        Its name, such as ``invalid_grant``.
    description : str
        What is wrong, for the developer.
    status : int
        The status of an answer that is no redirect.
    """

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status

    def as_json(self) -> dict[str, Any]:
        """Return the error as token endpoints answer with it."""
        return {"error": self.code, "error_description": self.description}
