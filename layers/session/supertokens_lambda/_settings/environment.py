"""Reading the fields of the settings from environment variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from supertokens_lambda._settings import ASK_SDK, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_GLOBAL_CLAIM_VALIDATORS = frozenset({"email-verification", "multi-factor-auth", ASK_SDK})

# Compiled on first use: most deployments set few of the settings.
_URL = r"https?://(?:[A-Za-z0-9\-._]+|\[(?P<ipv6>[0-9A-Fa-f:.]+)\])(?::(?P<port>\d{1,5}))?(?P<path>/[!-~]*)?"
_PATH = r"(?:/[A-Za-z0-9\-._~]+)*/?"
_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]+@[A-Za-z0-9.\-]+"
_COOKIE_DOMAIN = r"\.?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*"


def read_fields(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Read the fields that are set; return them, and a list of the variables that are missing or malformed."""
    fields: dict[str, Any] = {}
    problems: list[str] = []
    for name, read in _READERS.items():
        variable = _variable(name)
        given = environment.get(variable, "").strip()
        try:
            if given:
                fields[name] = read(given)
            elif name in REQUIRED:
                problems.append(f"{variable} is missing")
        except ValueError as error:
            problems.append(f"{variable} {error}")
    if len(fields.keys() & {"api_key", "api_key_parameter", "api_key_secret"}) > 1:
        problems.append("only one of SUPERTOKENS_API_KEY, _API_KEY_PARAMETER and _API_KEY_SECRET may be set")
    return fields, problems


def is_api_key(given: str) -> bool:
    """Check whether a text can be an API key, which is sent in an HTTP header."""
    return given.isascii() and given.isprintable() and " " not in given and given != ""


def _origin(given: str) -> str:
    url = re.fullmatch(_URL, given.rstrip("/"))
    if url is None or url["path"]:
        raise ValueError("must be an origin like https://example.com")
    return given.rstrip("/").lower()


def _uris(given: str) -> tuple[str, ...]:
    uris = tuple(uri.strip().rstrip("/") for uri in given.split(";") if uri.strip())
    if not uris or not all(map(_is_url, uris)):
        raise ValueError("must be a URL like https://core.example.com, or several URLs separated by ;")
    return uris


def _is_url(given: str) -> bool:
    url = re.fullmatch(_URL, given)
    return url is not None and 0 < int(url["port"] or 80) <= 65_535 and (not url["ipv6"] or _is_ipv6(url["ipv6"]))


def _is_ipv6(given: str) -> bool:
    # Imported late, like urllib.parse: each would add a tenth to a cold page.
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(given)
    except AddressValueError:
        return False
    return True


def _path(given: str) -> str:
    if not re.fullmatch(_PATH, given):
        raise ValueError("must be a path like /auth")
    return given.rstrip("/")


def _cookie_domain(given: str) -> str:
    if not re.fullmatch(_COOKIE_DOMAIN, given):
        raise ValueError("must be a domain like .example.com")
    return given.lower()


def _one_of(*allowed: str, fold: Callable[[str], str]) -> Callable[[str], str]:
    def read(given: str) -> str:
        if fold(given) not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return fold(given)

    return read


def _matching(pattern: str, kind: str) -> Callable[[str], str]:
    def read(given: str) -> str:
        if not re.fullmatch(pattern, given):
            raise ValueError(f"must be {kind}")
        return given

    return read


def _validator_names(given: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().lower() for name in given.split(",") if name.strip()))
    if not names or not _GLOBAL_CLAIM_VALIDATORS.issuperset(names):
        allowed = ", ".join(sorted(_GLOBAL_CLAIM_VALIDATORS))
        raise ValueError(f"must be one of {allowed}, or several of them separated by commas")
    return names


def _flag(given: str) -> bool:
    return _one_of("true", "1", "false", "0", fold=str.lower)(given) in ("true", "1")


def _reuse_interval(given: str) -> int:
    # A shorter interval may end before the refresh does; a longer one hides token theft.
    if given not in ("0", *map(str, range(5, 61))):
        raise ValueError("must be 0 or a number of seconds from 5 to 60")
    return int(given)


def _api_key(given: str) -> str:
    if not is_api_key(given):
        raise ValueError("must be the core's API key in visible ASCII characters, and nothing else")
    return given


def _origin_secret(given: str) -> str:
    if not re.fullmatch("[!-~]{16,}", given):
        raise ValueError("must have at least 16 visible ASCII characters")
    return given


_READERS: dict[str, Callable[[str], object]] = {
    "connection_uris": _uris,
    "api_key": _api_key,
    "api_key_parameter": str,
    "api_key_secret": str,
    "app_name": str,
    "api_domain": _origin,
    "website_domain": _origin,
    "api_base_path": _path,
    "website_base_path": _path,
    "api_gateway_path": _path,
    "signed_in_path": _path,
    "cookie_domain": _cookie_domain,
    "cookie_same_site": _one_of("lax", "strict", "none", fold=str.lower),
    "anti_csrf": _one_of("VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE", fold=str.upper),
    "refresh_path": _path,
    "refresh_with": _one_of("navigation", "browser-sdk", fold=str.lower),
    "refresh_table": str,
    "refresh_reuse_interval": _reuse_interval,
    "use_dynamic_access_token_signing_key": _flag,
    "jwks_file": str,
    "global_claim_validators": _validator_names,
    "email_sender": _matching(_ADDRESS, "an address like no-reply@example.com"),
    "email_configuration_set": _matching(r"[A-Za-z0-9_\-]{1,64}", "the name of a configuration set of Amazon SES"),
    "sms_sender_id": _matching(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", "up to 11 letters and digits, with a letter"),
    "sms_origination_number": _matching(r"\+?[0-9]{3,15}", "a telephone number like +12065550100, or a short code"),
    "verify_with_sdk": _flag,
    "origin_secret": _origin_secret,
}


def _variable(name: str) -> str:
    return "SUPERTOKENS_CONNECTION_URI" if name == "connection_uris" else f"SUPERTOKENS_{name.upper()}"
