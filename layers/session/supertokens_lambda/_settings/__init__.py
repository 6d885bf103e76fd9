"""Application settings, in a frozen object."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from supertokens_lambda._errors import SuperTokensLambdaError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from supertokens_lambda._http.cookies import SameSite

    AntiCsrf = Literal["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"]
    RefreshWith = Literal["navigation", "browser-sdk"]

ASK_SDK = "sdk"  # stands for all claim validators that only the SDK knows
REQUIRED = frozenset({"connection_uris", "api_domain", "website_domain"})


class SettingsError(SuperTokensLambdaError, ValueError):
    """A setting is missing or malformed; the message names the environment variable, never its value.

    Examples
    --------
    >>> from supertokens_lambda.settings import Settings, SettingsError
    >>> try:
    ...     Settings.from_environment({})
    ... except SettingsError as error:
    ...     str(error).partition(";")[0]
    'SUPERTOKENS_CONNECTION_URI is missing'
    """

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
    signed_in_path : str
        The page after a sign-in that came from no other page, like ``/dashboard``.
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
    email_sender : str or None
        The address that Amazon SES sends e-mails from.
    email_configuration_set : str or None
        The configuration set of Amazon SES for these e-mails.
    sms_sender_id, sms_origination_number : str or None
        What text messages by Amazon SNS come from, where a country asks for it.
    verify_with_sdk : bool
        Whether SuperTokens' SDK verifies all sessions, for applications that override its session functions.
    origin_secret : str or None
        What CloudFront sends with each request as the header ``x-origin-secret``; requests without it get 403.

    Examples
    --------
    >>> from supertokens_lambda.settings import Settings
    >>> settings = Settings.from_environment(
    ...     {
    ...         "SUPERTOKENS_CONNECTION_URI": "https://core.example.com",
    ...         "SUPERTOKENS_API_DOMAIN": "https://example.com",
    ...         "SUPERTOKENS_WEBSITE_DOMAIN": "https://example.com",
    ...     }
    ... )
    >>> settings.sign_in_path
    '/auth'
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
    signed_in_path: str = ""
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
    email_sender: str | None = None
    email_configuration_set: str | None = None
    sms_sender_id: str | None = None
    sms_origination_number: str | None = None
    verify_with_sdk: bool = False
    origin_secret: str | None = None

    def __init__(self, **fields: Any) -> None:
        # A namespace would take a misspelt field without a word.
        unknown, missing = fields.keys() - Settings.__annotations__.keys(), REQUIRED - fields.keys()
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
        from supertokens_lambda._settings.environment import read_fields

        fields, problems = read_fields(environment)
        if problems:
            raise SettingsError("; ".join(problems))
        settings = cls(**fields)
        # No other values contradict each other.
        if settings.anti_csrf == "NONE" or settings.cookie_same_site == "none":
            from supertokens_lambda._settings.contradictions import contradictions

            if problems := contradictions(settings):
                raise SettingsError("; ".join(problems))
        return settings

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
    def signed_in_target(self) -> str:
        """The path of the page after a sign-in that came from no other page, as browsers see it."""
        return self.api_gateway_path + (self.signed_in_path or "/")

    @property
    def home_path(self) -> str:
        """The path for visitors without a target to return to."""
        return f"{self.api_gateway_path}/"

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
