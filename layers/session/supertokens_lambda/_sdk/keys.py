"""The signing keys of the toolkit, written to the cache of the SDK.

The SDK would fetch keys with a blocking call that has only a read timeout, and would call a token invalid if the keys
are unavailable. With the keys in its cache it fetches none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwt import PyJWK
from jwt.algorithms import RSAAlgorithm
from supertokens_python.recipe.session import jwks
from supertokens_python.recipe.session.access_token import validate_access_token_structure
from supertokens_python.recipe.session.constants import available_token_transfer_methods
from supertokens_python.recipe.session.cookie_and_header import get_token
from supertokens_python.recipe.session.jwt import parse_jwt_without_signature_verification
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.utils import RWLockContext, get_timestamp_ms

from supertokens_lambda._verification.faults import fault_of
from supertokens_lambda._verification.signing_keys import Keys, KeysUnreachableError, SigningKeys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_lambda._sdk.sdk_call import SdkCall
    from supertokens_lambda._verification.verdict import Fault


def fault_of_keys(call: SdkCall, keys: SigningKeys) -> Fault | None:
    """Fetch the keys for the tokens of a request; return the fault if they are unavailable, else None."""
    try:
        for kid in _kids(call):
            keys.find(kid)
            _hand_over(keys.usable)
    except KeysUnreachableError as error:
        return fault_of(error)
    return None


def _kids(call: SdkCall) -> Iterator[str]:
    for transfer_method in available_token_transfer_methods:
        token = get_token(call.sdk_request, "access", transfer_method)
        try:
            parsed = parse_jwt_without_signature_verification(token or "")
            validate_access_token_structure(parsed.payload, parsed.version)
        except Exception:  # noqa: BLE001, S112 - the SDK ignores a malformed token, whatever error it raises
            continue
        # The header is not verified yet and may hold any JSON. An old token has no key id.
        yield parsed.kid if isinstance(parsed.kid, str) else ""


def _hand_over(keys: Keys) -> None:
    known = [
        PyJWK({**RSAAlgorithm.to_jwk(key, as_dict=True), "kid": kid}, algorithm="RS256") for kid, key in keys.items()
    ]
    with RWLockContext(jwks.mutex, read=False):
        jwks.cached_keys = jwks.CachedKeys(known, SessionRecipe.get_instance().config.jwks_refresh_interval_sec)
        # With a recent time of the last fetch the SDK calls any other key unknown, and fetches none.
        jwks.last_fetch_time_ms = get_timestamp_ms()
