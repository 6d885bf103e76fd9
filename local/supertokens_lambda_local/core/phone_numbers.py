"""Phone numbers as the core keeps them."""

from supertokens_lambda_local.core.java import trimmed


def normalised_phone_number(text: str) -> str:
    """Return a number in E.164 if it can be parsed, and as it is otherwise."""
    # Reading its tables takes a third of a second, which a core without phone numbers does not spend.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return trimmed(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
