"""Comparison of the session recipe in `backend_config` with the settings.

Pages, the refresh and the sign-out are served without the SDK, by the settings alone. If `backend_config` configures
the SDK differently, some requests would be served one way and some the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_python.recipe.session.api.implementation import APIImplementation
from supertokens_python.recipe.session.recipe import SessionRecipe
from supertokens_python.recipe.session.recipe_implementation import RecipeImplementation
from supertokens_python.recipe.session.utils import (
    default_clear_duplicate_session_cookies_callback,
    default_invalid_claim_callback,
    default_try_refresh_token_callback,
    default_unauthorised_callback,
    get_token_transfer_method_default,
)

from supertokens_lambda._settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supertokens_python.recipe.session.utils import NormalisedSessionConfig

    from supertokens_lambda._settings import Settings

# The handler of token theft is not listed: the SDK calls it in any case.
_HANDLERS = {
    "on_unauthorised": default_unauthorised_callback,
    "on_try_refresh_token": default_try_refresh_token_callback,
    "on_clear_duplicate_session_cookies": default_clear_duplicate_session_cookies_callback,
    "on_invalid_claim": default_invalid_claim_callback,
}
_OPTIONS = {
    "older_cookie_domain": None,
    "session_expired_status_code": 401,
    "invalid_claim_status_code": 403,
    "get_token_transfer_method": get_token_transfer_method_default,
    "expose_access_token_to_frontend_in_cookie_based_auth": False,
}


def check_agreement(settings: Settings) -> None:
    """Check whether the session recipe of `backend_config` agrees with the settings.

    Raises
    ------
    SettingsError
        They do not agree; the message names the variables to set.
    """
    config = SessionRecipe.get_instance().config
    differing = [*_differing(config, settings)]
    if differing:
        names = ", ".join(f"SUPERTOKENS_{name.upper()}" for name in differing)
        raise SettingsError(
            f"session.init of backend_config differs from {names}; give it session_options(settings), and set the "
            "variables"
        )
    own = [*_own(config)]
    if own and not settings.verify_with_sdk:
        raise SettingsError(
            f"session.init of backend_config has {', '.join(own)}, which only the SDK applies; "
            "set SUPERTOKENS_VERIFY_WITH_SDK=true, so that every session is verified, refreshed and ended by the SDK"
        )


def _differing(config: NormalisedSessionConfig, settings: Settings) -> Iterator[str]:
    # The SDK removes a leading dot and converts to lower case.
    if (config.cookie_domain or "").lstrip(".") != (settings.cookie_domain or "").lstrip("."):
        yield "cookie_domain"
    if settings.cookie_same_site is not None and config.get_cookie_same_site(None, {}) != settings.cookie_same_site:
        yield "cookie_same_site"
    anti_csrf = config.anti_csrf_function_or_string
    if (None if callable(anti_csrf) else anti_csrf) != settings.anti_csrf:
        yield "anti_csrf"
    if config.use_dynamic_access_token_signing_key != settings.use_dynamic_access_token_signing_key:
        yield "use_dynamic_access_token_signing_key"


def _own(config: NormalisedSessionConfig) -> Iterator[str]:
    recipe = SessionRecipe.get_instance()
    for name in ("get_session", "refresh_session", "revoke_session", "revoke_multiple_sessions"):
        if is_overridden(recipe.recipe_implementation, name, RecipeImplementation):
            yield f"an override of {name}"
    for name in ("refresh_post", "signout_post"):
        if is_overridden(recipe.api_implementation, name, APIImplementation):
            yield f"an override of {name}"
        if getattr(recipe.api_implementation, f"disable_{name}"):
            yield f"disable_{name}"
    for name, usual in _HANDLERS.items():
        # The SDK has no public name for them.
        if getattr(config.error_handlers, f"_ErrorHandlers__{name}") is not usual:
            yield f"an error handler {name}"
    for name, default in _OPTIONS.items():
        if getattr(config, name) != default:
            yield name


def is_overridden(implementation: object, name: str, usual: type) -> bool:
    """Check whether the application replaced a function of a recipe's implementation."""
    found = getattr(implementation, name)
    # A process has one SDK, and an earlier start may have wrapped its function in the reuse interval.
    found = getattr(found, "refresh", found)
    return getattr(found, "__func__", None) is not getattr(usual, name)
