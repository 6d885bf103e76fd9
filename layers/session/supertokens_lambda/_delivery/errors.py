"""Why an e-mail or a text message was not sent, in words without address, number, link or code."""

from __future__ import annotations

from supertokens_lambda._errors import SuperTokensLambdaError


class DeliveryError(SuperTokensLambdaError):
    """An e-mail or a text message was not sent, and a person must fix the cause that the message names."""

    may_be_logged = True


class DeliveryUnavailableError(DeliveryError):
    """An e-mail or a text message cannot be sent now; the cause passes with time."""


class RecipientRefusedError(DeliveryError):
    """AWS does not send to this recipient, and sends to others."""
