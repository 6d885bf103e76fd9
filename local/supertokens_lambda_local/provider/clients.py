"""The application that may ask the provider, and how it proves who it is (RFC 6749, section 2.3)."""

import base64
import hmac
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from supertokens_lambda_local.provider.errors import ProtocolError

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
# Printable ASCII without # and \, which browsers read as a slash.
_REDIRECT_URI = re.compile(r"(?P<origin>https?://(?P<host>\[::1\]|[a-z0-9.-]+)(?::[0-9]{1,5})?)(?:[/?][!\"$-\[\]-~]*)?")


@dataclass(frozen=True)
class Client:
    """The one client of the provider.

    Attributes
    ----------
    origins : collection of str
        The origins of the application, which redirects may lead to besides those of this machine.
    id, secret : str
        What the application configures.
    """

    origins: Collection[str] = ()
    id: str = "supertokens-lambda-dev"
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def takes(self, redirect_uri: str) -> bool:
        """Check whether a redirect may lead to a URI: of this machine, or of the application."""
        found = _REDIRECT_URI.fullmatch(redirect_uri)
        if found is None:
            return False
        return found["host"] in _LOOPBACK or found["host"].endswith(".localhost") or found["origin"] in self.origins

    def authenticate(self, authorization: str, form: Mapping[str, str], *, has_verifier: bool) -> None:
        """Check who asks for a token, by HTTP Basic or by the form.

        Parameters
        ----------
        authorization : str
            The header; empty if it is missing.
        form : mapping of str to str
            The body.
        has_verifier : bool
            Whether PKCE proves that the client is the one that began; it needs no secret then.

        Raises
        ------
        ProtocolError
            ``invalid_client``.
        """
        client_id, secret = (
            _basic(authorization) if authorization else (form.get("client_id"), form.get("client_secret"))
        )
        is_right = has_verifier if secret is None else hmac.compare_digest(secret.encode(), self.secret.encode())
        if client_id != self.id or not is_right:
            raise ProtocolError("invalid_client", "the id or the secret of the client is wrong", 401)


def _basic(authorization: str) -> tuple[str | None, str | None]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        client_id = secret = ""
    return (unquote_plus(client_id), unquote_plus(secret)) if scheme.lower() == "basic" else ("", "")
