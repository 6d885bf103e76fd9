"""Verification by the SDK's own `get_session`."""

from typing import Any

from supertokens_python.recipe.session.access_token import validate_access_token_structure
from supertokens_python.recipe.session.asyncio import get_session
from supertokens_python.recipe.session.constants import available_token_transfer_methods
from supertokens_python.recipe.session.cookie_and_header import get_token
from supertokens_python.recipe.session.interfaces import SessionClaimValidator, SessionContainer
from supertokens_python.recipe.session.jwks import get_latest_keys
from supertokens_python.recipe.session.jwt import parse_jwt_without_signature_verification
from supertokens_python.recipe.session.recipe import SessionRecipe

from supertokens_lambda.guard.event_loop import run
from supertokens_lambda.http.message import Request
from supertokens_lambda.log import log_fault
from supertokens_lambda.sdk.budget import budget
from supertokens_lambda.sdk.errors import refusal_of
from supertokens_lambda.sdk.exchange import Exchange, SdkResponse
from supertokens_lambda.sdk.session import SdkSession
from supertokens_lambda.sdk.start import is_started
from supertokens_lambda.verification.options import VerifyOptions
from supertokens_lambda.verification.verdict import (
    Anonymous,
    Reason,
    Unavailable,
    Verdict,
    Verified,
)

CORE_BUDGET = 3.0  # seconds that a page waits for the core


def verify(request: Request, options: VerifyOptions) -> Verdict:
    """Give the SDK's verdict on a request's session.

    Raises
    ------
    SettingsError
        The first time, where a setting is missing or malformed.
    """
    if not is_started():
        return Unavailable(Reason.CORE_UNREACHABLE)
    return run(_verify(Exchange(request), options))


async def _verify(exchange: Exchange, options: VerifyOptions) -> Verdict:
    if not _keys_are_known(exchange):
        return Unavailable(Reason.KEYS_UNREACHABLE)
    response = SdkResponse()
    try:
        async with budget(CORE_BUDGET):
            container = await get_session(
                exchange.sdk_request,
                session_required=options.session_required,
                anti_csrf_check=options.anti_csrf_check,
                check_database=options.check_database,
                override_global_claim_validators=options.override_global_claim_validators or _no_validators,
                user_context=exchange.user_context,
            )
    except Exception as error:  # noqa: BLE001 - whatever the way to the core may raise
        return await refusal_of(error, exchange, response)
    return Anonymous() if container is None else Verified(SdkSession(container, exchange))


def _no_validators(
    _validators: list[SessionClaimValidator], _session: SessionContainer, _context: dict[str, Any]
) -> list[SessionClaimValidator]:
    return []


def _keys_are_known(exchange: Exchange) -> bool:
    """Ask for the signing keys ahead of the SDK, to which keys out of reach mean that the token is not good."""
    for transfer_method in available_token_transfer_methods:
        token = get_token(exchange.sdk_request, "access", transfer_method)
        try:
            parsed = parse_jwt_without_signature_verification(token or "")
            validate_access_token_structure(parsed.payload, parsed.version)
        except Exception:  # noqa: BLE001, S112 - the SDK passes over what is no token, whatever is wrong with it
            continue
        try:
            get_latest_keys(SessionRecipe.get_instance().config, parsed.kid)
        except Exception as error:  # noqa: BLE001 - whatever the fetch may raise
            if str(error) != "No matching JWKS found":
                log_fault(error)
                return False
    return True
