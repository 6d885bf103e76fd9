"""SuperTokens' SDK, started once an instance with the application's own config."""

from __future__ import annotations

import importlib
import logging
import os
from functools import cache
from typing import TYPE_CHECKING, TypedDict

from supertokens_lambda import _runtime as runtime
from supertokens_lambda._api_key import ApiKeyError, api_key
from supertokens_lambda._verification.faults import fault_of

if TYPE_CHECKING:
    from supertokens_lambda._http.cookies import SameSite
    from supertokens_lambda._verification.verdict import Fault
    from supertokens_lambda.settings import AntiCsrf, Settings


class SessionOptions(TypedDict):
    """Keywords of SuperTokens' ``session.init``."""

    cookie_domain: str | None
    cookie_same_site: SameSite | None
    anti_csrf: AntiCsrf | None
    use_dynamic_access_token_signing_key: bool


@cache
def start() -> None:
    """Start the SDK with the recipes of the application's `backend_config`; one that runs already is kept.

    Raises
    ------
    SettingsError
        A setting is missing or malformed, or does not name the claim validators that the recipes register.
    OSError, ApiKeyError
        AWS does not give the core's API key, or what it gives cannot be one; the next request asks again.
    ModuleNotFoundError
        There is no `backend_config` on the path.
    """
    # Without this the SDK asks the internet for the list of public suffixes, in each new instance.
    os.environ.setdefault("SUPERTOKENS_TLDEXTRACT_DISABLE_HTTP", "1")
    from supertokens_python import InputAppInfo, SupertokensConfig, init

    from supertokens_lambda._sdk.claims_check import check_global_validators
    from supertokens_lambda._sdk.querier import bound_calls

    _read_suffixes_once()
    settings = runtime.settings()
    init(
        app_info=InputAppInfo(
            app_name=settings.app_name,
            api_domain=settings.api_domain,
            website_domain=settings.website_domain,
            api_gateway_path=settings.api_gateway_path,
            api_base_path=settings.api_base_path,
            website_base_path=settings.website_base_path,
        ),
        supertokens_config=SupertokensConfig(
            connection_uri=";".join(settings.connection_uris), api_key=api_key(settings)
        ),
        # Which of them is without effect: the SDK is handed requests and responses of ours.
        framework="flask",
        recipe_list=importlib.import_module("backend_config").recipe_list(settings),
    )
    check_global_validators(settings)
    if settings.refresh_reuse_interval:
        from supertokens_lambda._sdk.reuse import install

        install(settings)
    bound_calls()
    # Its INFO lines show the SDK's calls to the core with their queries, and so visitors' e-mail addresses.
    logging.getLogger("httpx").setLevel(logging.WARNING)


@cache
def _read_suffixes_once() -> None:
    """Have the SDK read the list of public suffixes once: it does so for each domain anew, three times in its start."""
    from supertokens_python import utils

    utils.TLDExtract = cache(utils.TLDExtract)  # type: ignore[assignment, attr-defined]  # a name of its own


def fault_at_start() -> Fault | None:
    """Start the SDK; return why it does not run, which is logged, or None.

    Raises
    ------
    SettingsError, ModuleNotFoundError
        As `start`.
    """
    try:
        start()
    except (OSError, ApiKeyError) as error:
        return fault_of(error)
    return None


def session_options(settings: Settings) -> SessionOptions:
    """Give the settings that SuperTokens' ``session.init`` takes."""
    return {
        "cookie_domain": settings.cookie_domain,
        "cookie_same_site": settings.cookie_same_site,
        "anti_csrf": settings.anti_csrf,
        "use_dynamic_access_token_signing_key": settings.use_dynamic_access_token_signing_key,
    }
