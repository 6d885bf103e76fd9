"""The key that signs ID tokens, made for this run."""

import json
from functools import cached_property
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"


class SigningKey:
    """An RSA key that is made when it is first needed."""

    def __init__(self) -> None:
        self._id = str(uuid4())

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a JWT."""
        return jwt.encode(claims, self._key, ALGORITHM, {"kid": self._id})

    def key_set(self) -> dict[str, Any]:
        """Return the public key, as a JSON Web Key Set."""
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": self._id, "use": "sig", "alg": ALGORITHM}]}
