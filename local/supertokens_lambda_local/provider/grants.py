"""What the provider has granted: codes for one use, and access tokens."""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from supertokens_lambda_local.provider.authorization import AuthorizationRequest
from supertokens_lambda_local.provider.errors import ProtocolError
from supertokens_lambda_local.provider.people import Person

CODE_LIFE: Final = 60.0
TOKEN_LIFE: Final = 3600
_MOST: Final = 1000

T = TypeVar("T")


@dataclass(frozen=True)
class Grant:
    """Who has signed in, and what the application asked for."""

    request: AuthorizationRequest
    person: Person


class Secrets(Generic[T]):
    """Random secrets that stand for something for a while; the oldest go when there are too many.

    Parameters
    ----------
    life : float
        How long, in seconds.
    clock : callable
        Seconds.
    """

    def __init__(self, life: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._life = life
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def add(self, value: T) -> str:
        """Return a secret for a value."""
        secret = secrets.token_urlsafe(32)
        self._kept[secret] = (self._clock() + self._life, value)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return secret

    def find(self, secret: str) -> T | None:
        """Return what a secret stands for; None if it is unknown or too old."""
        end, value = self._kept.get(secret, (0.0, None))
        return value if value is not None and self._clock() < end else None

    def take(self, secret: str) -> T | None:
        """Return what a secret stands for, which is then unknown."""
        value = self.find(secret)
        self._kept.pop(secret, None)
        return value


def redeem(codes: Secrets[Grant], form: Mapping[str, str]) -> Grant:
    """Return the grant of a code (RFC 6749, section 4.1.3; RFC 7636, section 4.6).

    The code is spent whatever comes of it.

    Raises
    ------
    ProtocolError
        ``invalid_grant``.
    """
    grant = codes.take(form.get("code", ""))
    if grant is None:
        raise ProtocolError("invalid_grant", "the code is unknown, used or older than a minute")
    if form.get("redirect_uri") != grant.request.redirect_uri:
        raise ProtocolError("invalid_grant", "redirect_uri is not that of the authorization request")
    verifier = form.get("code_verifier")
    if bool(grant.request.challenge) != (verifier is not None):
        raise ProtocolError("invalid_grant", "code_verifier and code_challenge go together")
    if verifier is not None and not hmac.compare_digest(_challenge(verifier), grant.request.challenge.encode()):
        raise ProtocolError("invalid_grant", "code_verifier does not match code_challenge")
    return grant


def _challenge(verifier: str) -> bytes:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
