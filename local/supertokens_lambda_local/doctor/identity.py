"""The sender's identity in Amazon SES, asked for where credentials are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHAT = "the sender of e-mails"


def check_identity(sender: str) -> Iterator[Outcome]:
    """Ask SES for the identities that cover an address, and whether the account is in the sandbox."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=3, read_timeout=3, retries={"total_max_attempts": 1})
    try:
        client = boto3.client("sesv2", config=config)
        verified = [found for name in _identities(sender) if (found := _is_verified(client, name)) is not None]
        yield from _findings(verified)
        if not client.get_account().get("ProductionAccessEnabled", True):
            yield Finding(
                Code.DELIVERY_SANDBOX,
                "The account is in the sandbox of Amazon SES: only verified addresses get e-mails.",
                "Request production access in the SES console.",
            )
    except ClientError as error:
        yield Unknown(_WHAT, f"AWS says {error.response.get('Error', {}).get('Code', '')}")
    except BotoCoreError as error:
        yield Unknown(_WHAT, f"AWS is not to be asked: {type(error).__name__}")


def _findings(verified: list[bool]) -> Iterator[Finding]:
    if not verified:
        yield Finding(
            Code.DELIVERY_IDENTITY_MISSING,
            "Amazon SES has no identity for the sender of e-mails, nor for its domain: nobody gets one.",
            "Create the identity in the region of the functions, or correct SUPERTOKENS_EMAIL_SENDER.",
        )
    elif not any(verified):
        yield Finding(
            Code.DELIVERY_IDENTITY_UNVERIFIED,
            "Amazon SES has not verified the sender of e-mails: nobody gets one.",
            "Publish the DNS records of the domain, or open the link that SES has sent to the address.",
        )


def _is_verified(client: Any, name: str) -> bool | None:
    """Check whether an identity is verified; None if there is none."""
    try:
        return bool(client.get_email_identity(EmailIdentity=name).get("VerifiedForSendingStatus"))
    except client.exceptions.NotFoundException:
        return None


def _identities(sender: str) -> Iterator[str]:
    """Return the address, its domain, and the domains above that: each covers those below it."""
    domain = sender.rpartition("@")[2]
    yield sender
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]
