"""Who signs in: whoever the developer types."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,189}")


@dataclass(frozen=True)
class Person:
    """Somebody with an e-mail address.

    Attributes
    ----------
    email : str
        The e-mail address.
    is_verified : bool
        Whether the provider vouches for it.
    """

    email: str = field(repr=False)
    is_verified: bool

    def claims(self, scope: frozenset[str]) -> dict[str, Any]:
        """Return what an application learns that asked for a scope.

        The subject is made of the e-mail address: after a restart the same address is the same user.
        """
        subject = {"sub": hashlib.sha256(self.email.lower().encode()).hexdigest()[:32]}
        return subject | ({"email": self.email, "email_verified": self.is_verified} if "email" in scope else {})


def is_email(text: str) -> bool:
    """Check whether a text looks like an e-mail address."""
    return text.isprintable() and _EMAIL.fullmatch(text) is not None
