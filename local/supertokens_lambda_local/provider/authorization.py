"""What an application asks of the provider by sending a browser (OpenID Connect Core, section 3.1.2)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from supertokens_lambda_local.provider.clients import Client
from supertokens_lambda_local.provider.errors import ProtocolError


class UntrustedRequestError(Exception):
    """A request whose redirect nobody may follow; the message is for the developer."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that may be answered with a redirect.

    Attributes
    ----------
    redirect_uri : str
        Where the answer goes.
    state : str or None
        What goes back with it.
    scope : frozenset of str
        What is asked for.
    nonce : str or None
        What the ID token repeats.
    challenge : str
        The challenge of PKCE, by S256; empty for none.
    login_hint : str
        The e-mail address that the application proposes.
    """

    redirect_uri: str
    state: str | None = field(default=None, repr=False)
    scope: frozenset[str] = frozenset()
    nonce: str | None = field(default=None, repr=False)
    challenge: str = field(default="", repr=False)
    login_hint: str = field(default="", repr=False)

    def answer(self, **parameters: str) -> str:
        """Return the redirect that answers, with the state."""
        if self.state is not None:
            parameters["state"] = self.state
        parts = urlsplit(self.redirect_uri)
        query = "&".join(filter(None, (parts.query, urlencode(parameters))))
        return urlunsplit(parts._replace(query=query))


def read_request(query: str, client: Client) -> tuple[AuthorizationRequest, ProtocolError | None]:
    """Read a request, and what is wrong about it.

    Raises
    ------
    UntrustedRequestError
        The client or the redirect is not known, so that no browser may be sent back.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    repeated = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    asked = dict(pairs)
    if asked.get("client_id") != client.id or "client_id" in repeated:
        raise UntrustedRequestError("The client_id is not that of SUPERTOKENS_DEV_OIDC_CLIENT_ID.")
    uri = asked.get("redirect_uri", "")
    if not client.takes(uri) or "redirect_uri" in repeated:
        raise UntrustedRequestError("The redirect_uri leads neither to this machine nor to the application.")
    request = AuthorizationRequest(
        redirect_uri=uri,
        state=asked.get("state"),
        scope=frozenset(asked.get("scope", "").split()),
        nonce=asked.get("nonce"),
        challenge=asked.get("code_challenge", ""),
        login_hint=asked.get("login_hint", ""),
    )
    return request, _problem(asked, repeated)


def _problem(asked: Mapping[str, str], repeated: list[str]) -> ProtocolError | None:
    if repeated:
        return ProtocolError("invalid_request", f"{repeated[0]} is there more than once")
    if asked.get("response_type") != "code":
        return ProtocolError("unsupported_response_type", "response_type must be code")
    challenge, method = asked.get("code_challenge"), asked.get("code_challenge_method")
    if (challenge or method) and not (challenge and method == "S256"):
        return ProtocolError("invalid_request", "PKCE takes code_challenge, with code_challenge_method S256")
    if "request" in asked or "request_uri" in asked:
        return ProtocolError("request_not_supported", "requests come in parameters of the query")
    return None
