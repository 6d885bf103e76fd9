"""SuperTokens' SDK, started once per function instance with the recipes of the application."""

from __future__ import annotations

import importlib
import logging
import os
from typing import TYPE_CHECKING

from supertokens_lambda._api_key import ApiKeyError
from supertokens_lambda._event_loop import provide_loop
from supertokens_lambda._sdk.loading import quick_loading
from supertokens_lambda._verification.faults import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from supertokens_lambda._budgets import Budgets
    from supertokens_lambda._refresh.reuse import ReuseInterval
    from supertokens_lambda._sdk.core_calls import CoreCalls
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.signing_keys import SigningKeys
    from supertokens_lambda._verification.verdict import Fault


class Sdk:
    """SuperTokens' SDK, of which a process has only one.

    Parameters
    ----------
    settings : Settings
        Application settings.
    signing_keys : SigningKeys
        The core's signing keys; with them the SDK fetches none.
    api_key : callable
        Returns the core's API key, or None.
    reuse : ReuseInterval or None
        Applied to the SDK's refresh.
    budgets : Budgets
        How long each kind of call may take.
    """

    def __init__(
        self,
        settings: Settings,
        signing_keys: SigningKeys,
        api_key: Callable[[], str | None],
        reuse: ReuseInterval | None,
        budgets: Budgets,
    ) -> None:
        self.settings: Settings = settings
        self.signing_keys: SigningKeys = signing_keys
        self.reuse: ReuseInterval | None = reuse
        self.budgets: Budgets = budgets
        self._api_key = api_key
        self._is_started = False
        self._calls: CoreCalls | None = None

    def start(self) -> None:
        """Start the SDK with the recipes of `backend_config`, unless it is started already.

        Raises
        ------
        SettingsError
            `backend_config` and the settings disagree on sessions or claims.
        OSError, ApiKeyError
            The core's API key could not be read from AWS, or is malformed; the next request tries again.
        ModuleNotFoundError
            The module `backend_config` does not exist.
        """
        if self._is_started:
            return
        with quick_loading():
            self._start()
        self._is_started = True

    def _start(self) -> None:
        # Otherwise the SDK would download the list of public suffixes in each new instance.
        os.environ.setdefault("SUPERTOKENS_TLDEXTRACT_DISABLE_HTTP", "1")
        from supertokens_python import InputAppInfo, SupertokensConfig, init

        from supertokens_lambda._sdk.agreement import check_agreement
        from supertokens_lambda._sdk.claims_check import check_global_validators
        from supertokens_lambda._sdk.core_calls import CoreCalls
        from supertokens_lambda._sdk.querier import bound_calls
        from supertokens_lambda._sdk.suffixes import look_up_suffixes

        look_up_suffixes()
        settings = self.settings
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
                connection_uri=";".join(settings.connection_uris), api_key=self._api_key()
            ),
            # Any value would do, because the toolkit passes its own requests and responses to the SDK.
            framework="flask",
            recipe_list=importlib.import_module("backend_config").recipe_list(settings),
        )
        provide_loop()
        check_agreement(settings)
        check_global_validators(settings)
        if self.reuse is not None:
            from supertokens_lambda._sdk.reuse import install

            install(self.reuse, self.budgets.page)
        self._calls = CoreCalls()
        bound_calls(self._calls)
        # Its INFO records contain URLs of calls to the core, with e-mail addresses of visitors in the query.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    def prepare(self) -> None:
        """Start the SDK, if the core's API key can be read, and do ahead what it would do in the first request.

        Raises
        ------
        SettingsError, ModuleNotFoundError
            See `start`.
        """
        self.fault_at_start()
        from supertokens_lambda._sdk.querier import ask_version

        ask_version()

    def close(self) -> None:
        """Close idle connections to the core."""
        if self._calls is not None:
            self._calls.close()

    def fault_at_start(self) -> Fault | None:
        """Start the SDK; return the fault, which is logged, or None.

        Raises
        ------
        SettingsError, ModuleNotFoundError
            See `start`.
        """
        try:
            self.start()
        except (OSError, ApiKeyError) as error:
            return fault_of(error)
        return None
