"""Settings, read once from environment variables into a frozen object."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supertokens_lambda._http.cookies import SameSite

AntiCsrf = Literal["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"]
RefreshWith = Literal["navigation", "browser-sdk"]

ASK_SDK = "sdk"  # stands for all claim validators that only the SDK knows
GLOBAL_CLAIM_VALIDATORS = frozenset({"email-verification", "multi-factor-auth", ASK_SDK})

# Compiled on first use: most deployments set few of the settings.
_URL = r"https?://(?:[A-Za-z0-9\-._]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(/[!-~]*)?"
_PATH = r"(?:/[A-Za-z0-9\-._~]+)*/?"
_COOKIE_DOMAIN = r"\.?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*"


class SettingsError(SuperTokensLambdaError, ValueError):
    """A setting is missing or malformed; the message names the environment variable, never its value."""

    may_be_logged = True


class Settings(SimpleNamespace):
    """Application settings.

    Attributes
    ----------
    connection_uris : tuple of str
        The cores, tried in turn (``SUPERTOKENS_CONNECTION_URI``, ``;`` between several).
    api_key : str or None
        The core's API key (``SUPERTOKENS_API_KEY``).
    api_key_parameter, api_key_secret : str or None
        Name of the Systems Manager parameter or the Secrets Manager secret with the API key, which is read when it is
        first needed.
    app_name : str
        The application's name in SuperTokens' e-mails.
    api_domain, website_domain : str
        Origins like ``https://example.com``.
    api_base_path, website_base_path : str
        Paths of SuperTokens' API and of the sign-in page, like ``/auth``.
    api_gateway_path : str
        The stage or base path that browsers see before every path, like ``/dev``; empty if there is none.
    home_path : str
        The page for visitors without a target to return to, like ``/dashboard``.
    cookie_domain, cookie_same_site, anti_csrf : str or None
        As in SuperTokens' ``session.init``; with None, SuperTokens chooses.
    refresh_path : str
        The application's page that refreshes the session.
    refresh_with : {"navigation", "browser-sdk"}
        Whether that page redirects to the refresh of the API, or runs SuperTokens' browser SDK.
    refresh_table : str or None
        The DynamoDB table with the results of refreshes; with None, they stay on this machine.
    refresh_reuse_interval : int
        Seconds in which another refresh with the same refresh token gets the same result; 0 for none.
    use_dynamic_access_token_signing_key : bool
        As in SuperTokens' ``session.init``: whether the keys that sign tokens change over time.
    jwks_file : str or None
        A file with the core's key set, so that the first request need not fetch it.
    global_claim_validators : tuple of str
        The claim validators that the application's recipes register for every page.
    verify_with_sdk : bool
        Whether SuperTokens' SDK verifies all sessions, for applications that override its session functions.
    """

    # Neither dataclass nor named tuple: both generate code on import, which slows down each cold start.
    connection_uris: tuple[str, ...]
    api_domain: str
    website_domain: str
    api_key: str | None = None
    api_key_parameter: str | None = None
    api_key_secret: str | None = None
    app_name: str = "supertokens-lambda"
    api_base_path: str = "/auth"
    website_base_path: str = "/auth"
    api_gateway_path: str = ""
    home_path: str = ""
    cookie_domain: str | None = None
    cookie_same_site: SameSite | None = None
    anti_csrf: AntiCsrf | None = None
    refresh_path: str = "/refresh-session"
    refresh_with: RefreshWith = "navigation"
    refresh_table: str | None = None
    refresh_reuse_interval: int = 10
    use_dynamic_access_token_signing_key: bool = True
    jwks_file: str | None = None
    global_claim_validators: tuple[str, ...] = ()
    verify_with_sdk: bool = False

    def __init__(self, **fields: Any) -> None:
        # A namespace would take a misspelt field without a word.
        unknown, missing = fields.keys() - Settings.__annotations__.keys(), {*_REQUIRED} - fields.keys()
        if unknown or missing:
            raise TypeError(f"Settings has unknown fields {sorted(unknown)} and lacks {sorted(missing)}")
        super().__init__(**fields)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings.

        Raises
        ------
        SettingsError
            A variable is missing, malformed, or contradicts another; the message names all of them.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for name, read in _READERS.items():
            variable = _variable(name)
            given = environment.get(variable, "").strip()
            try:
                if given:
                    values[name] = read(given)
                elif name in _REQUIRED:
                    problems.append(f"{variable} is missing")
            except ValueError as error:
                problems.append(f"{variable} {error}")
        if len(values.keys() & {"api_key", "api_key_parameter", "api_key_secret"}) > 1:
            problems.append("only one of SUPERTOKENS_API_KEY, _API_KEY_PARAMETER and _API_KEY_SECRET may be set")
        if not problems:
            problems += _contradictions(found := cls(**values))
        if problems:
            raise SettingsError("; ".join(problems))
        return found

    @property
    def secure(self) -> bool:
        """Whether cookies are limited to HTTPS, as in SuperTokens."""
        return self.api_domain.startswith("https:")

    @property
    def has_one_host(self) -> bool:
        """Whether API and website share cookies without a domain; cookies ignore ports."""
        return host_of(self.api_domain) == host_of(self.website_domain)

    @property
    def origins(self) -> tuple[str, str]:
        """The origins whose pages may send requests that change state."""
        return self.website_domain, self.api_domain

    @property
    def refresh_token_path(self) -> str:
        """The path of the refresh and of the refresh token's cookie."""
        return f"{self.api_gateway_path}{self.api_base_path}/session/refresh"

    @property
    def refresh_url(self) -> str:
        """The URL of the refresh of SuperTokens' API, relative to the website."""
        return self._from(self.website_domain, self.api_domain) + self.refresh_token_path

    @property
    def sign_in_url(self) -> str:
        """The URL of the sign-in page, relative to the API."""
        return self.page_url(self.sign_in_path)

    @property
    def sign_in_path(self) -> str:
        """The path of the sign-in page, as browsers see it."""
        return self.api_gateway_path + (self.website_base_path or "/")

    @property
    def refresh_paths(self) -> tuple[str, str]:
        """Paths that are never redirected back to: a refresh would lead to another refresh."""
        return self.api_gateway_path + self.refresh_path, self.refresh_token_path

    @property
    def home_target(self) -> str:
        """The path of the page for visitors without a target to return to, as browsers see it."""
        return self.api_gateway_path + (self.home_path or "/")

    def page_url(self, target: str) -> str:
        """Return the Location of a page of the website, relative to the API; the target has stage and base path."""
        return self._from(self.api_domain, self.website_domain) + target

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("settings are read-only; set the environment variable before the first request")

    def _from(self, here: str, there: str) -> str:
        return "" if here == there else there

    def __repr__(self) -> str:
        return f"Settings({self.website_domain})"


def host_of(origin: str) -> str:
    """Return the host of an origin, without scheme and port."""
    from urllib.parse import urlsplit

    return urlsplit(origin).hostname or ""


def _origin(given: str) -> str:
    url = re.fullmatch(_URL, given.rstrip("/"))
    if url is None or url[1]:
        raise ValueError("must be an origin like https://example.com")
    return given.rstrip("/").lower()


def _uris(given: str) -> tuple[str, ...]:
    uris = tuple(uri.strip().rstrip("/") for uri in given.split(";") if uri.strip())
    if not uris or not all(re.fullmatch(_URL, uri) for uri in uris):
        raise ValueError("must be a URL like https://core.example.com, or several URLs separated by ;")
    return uris


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


def _validator_names(given: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().lower() for name in given.split(",") if name.strip()))
    if not names or not GLOBAL_CLAIM_VALIDATORS.issuperset(names):
        allowed = ", ".join(sorted(GLOBAL_CLAIM_VALIDATORS))
        raise ValueError(f"must be one of {allowed}, or several of them separated by commas")
    return names


def _flag(given: str) -> bool:
    return _one_of("true", "1", "false", "0", fold=str.lower)(given) in ("true", "1")


def _reuse_interval(given: str) -> int:
    # A shorter interval may end before the refresh does; a longer one hides token theft.
    if given not in ("0", *map(str, range(5, 61))):
        raise ValueError("must be 0 or a number of seconds from 5 to 60")
    return int(given)


def _contradictions(settings: Settings) -> list[str]:
    """Return contradictions between valid values: cookies that any site can use, or that browsers do not store.

    Tokens in headers need neither setting, so an application loses nothing by leaving it out.
    """
    problems = []
    given = settings.cookie_same_site
    if settings.anti_csrf == "NONE" and (given == "none" or (given is None and _is_across_sites(settings))):
        cause = "SUPERTOKENS_COOKIE_SAME_SITE is none"
        if given is None:
            cause = "SUPERTOKENS_API_DOMAIN and SUPERTOKENS_WEBSITE_DOMAIN are two different sites"
        problems.append(
            f"{cause} and SUPERTOKENS_ANTI_CSRF is NONE, so any site could send requests with a visitor's "
            "cookies; set SUPERTOKENS_ANTI_CSRF to VIA_CUSTOM_HEADER or VIA_TOKEN, or leave it out"
        )
    if given == "none" and not settings.secure and not _is_local(settings):
        problems.append(
            "SUPERTOKENS_COOKIE_SAME_SITE is none and SUPERTOKENS_API_DOMAIN is an http origin, so browsers "
            "would not store the cookies; use https, or leave SUPERTOKENS_COOKIE_SAME_SITE out"
        )
    return problems


def _is_across_sites(settings: Settings) -> bool:
    from supertokens_lambda._http.site import are_one_site

    return not are_one_site(settings.api_domain, settings.website_domain)


def _is_local(settings: Settings) -> bool:
    # As in SuperTokens' SDK, which refuses this when a session starts.
    from supertokens_lambda._http.site import LOCAL, site_of

    return site_of(settings.api_domain) == site_of(settings.website_domain) == LOCAL


def is_api_key(given: str) -> bool:
    """Check whether a text can be an API key, which is sent in an HTTP header."""
    return re.fullmatch("[!-~]+", given) is not None


def _api_key(given: str) -> str:
    if not is_api_key(given):
        raise ValueError("must be the core's API key in visible ASCII characters, and nothing else")
    return given


_REQUIRED = {"connection_uris", "api_domain", "website_domain"}
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
    "home_path": _path,
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
    "verify_with_sdk": _flag,
}


def _variable(name: str) -> str:
    return "SUPERTOKENS_CONNECTION_URI" if name == "connection_uris" else f"SUPERTOKENS_{name.upper()}"
