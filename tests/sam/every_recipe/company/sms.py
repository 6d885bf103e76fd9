from typing import Any

from supertokens_python.ingredients.smsdelivery.types import SMSDeliveryInterface


class Nowhere(SMSDeliveryInterface[Any]):
    """Sends no text message."""

    async def send_sms(self, template_vars: Any, user_context: dict[str, Any]) -> None:
        pass
