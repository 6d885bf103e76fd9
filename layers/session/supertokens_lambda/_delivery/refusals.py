"""The refusals of AWS, recognised by their codes and words, and explained without them: the words quote addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from supertokens_lambda._delivery.errors import DeliveryError, DeliveryUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refusal(NamedTuple):
    """A kind of refusal.

    Attributes
    ----------
    codes : tuple of str
        Beginnings of the error codes of AWS; SNS has each with and without ``Exception``.
    words : str
        What the message of AWS contains, in lower case.
    error : type of DeliveryError
        The error to raise.
    explanation : str
        What is wrong, and what to do.
    """

    codes: tuple[str, ...]
    words: str
    error: type[DeliveryError]
    explanation: str


_OF_EVERY_SERVICE = (
    Refusal(
        ("TooManyRequests", "LimitExceeded", "Throttl", "RequestLimitExceeded"),
        "daily",
        DeliveryUnavailableError,
        "the daily quota of the account is used up; ask AWS for a higher quota",
    ),
    Refusal(
        ("TooManyRequests", "LimitExceeded", "Throttl", "RequestLimitExceeded"),
        "",
        DeliveryUnavailableError,
        "the account sends faster than it may; ask AWS for a higher rate, and limit the sign-in requests of a visitor",
    ),
    Refusal(
        ("InvalidClientTokenId", "UnrecognizedClient", "ExpiredToken", "SignatureDoesNotMatch", "InvalidSignature"),
        "",
        DeliveryError,
        "AWS does not know the credentials; give the function those of its role",
    ),
)


def refusal_of(response: Mapping[str, Any], refusals: tuple[Refusal, ...], what: str) -> DeliveryError:
    """Return the error for a refusal.

    Parameters
    ----------
    response : mapping
        The answer of AWS, as the AWS SDK parsed it.
    refusals : tuple of Refusal
        Those of the service, the most specific one first.
    what : str
        What was to be sent, and by which service.
    """
    said = response.get("Error", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", "")).lower()
    # A proxy in between may answer anything.
    name = code if code.isidentifier() else "an unknown code"
    for refusal in (*refusals, *_OF_EVERY_SERVICE):
        if code.startswith(refusal.codes) and refusal.words in message:
            return refusal.error(f"could not send {what} ({name}): {refusal.explanation}")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500 or status == 429:
        return DeliveryUnavailableError(f"could not send {what} ({name}): the service failed; try again later")
    return DeliveryError(f"could not send {what} ({name}): the service refused the call; look the code up in its API")
