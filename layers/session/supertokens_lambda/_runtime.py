"""The state of one function instance between invocations, in one object that is built from the settings."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from supertokens_lambda._budgets import Budgets
from supertokens_lambda._clock import Clock
from supertokens_lambda._guard.guard import Guard
from supertokens_lambda._settings import Settings
from supertokens_lambda._verification.signing_keys import SigningKeys
from supertokens_lambda._verification.verifier import Verifier

if TYPE_CHECKING:
    from supertokens_lambda._api_key import ApiKey
    from supertokens_lambda._aws.client import AwsClient
    from supertokens_lambda._core_client.client import CoreClient
    from supertokens_lambda._http.message import Request
    from supertokens_lambda._refresh.outcome import Ended, Theft
    from supertokens_lambda._refresh.refresh import Refresh
    from supertokens_lambda._refresh.reuse import ReuseInterval
    from supertokens_lambda._refresh.store import Store
    from supertokens_lambda._sdk.api import Api
    from supertokens_lambda._sdk.sdk import Sdk
    from supertokens_lambda._sign_out.sign_out import SignOut
    from supertokens_lambda._verification.options import VerifyOptions
    from supertokens_lambda._verification.state import SessionState
    from supertokens_lambda._verification.verdict import Fault, Refusal, Verdict
    from supertokens_lambda._verification.verified_session import VerifiedSession


class Runtime:
    """The parts of the toolkit; each is built when it is first needed, from the parts of the packages below it.

    Parameters
    ----------
    settings : Settings
        Application settings.
    budgets : Budgets, optional
        How long each kind of call may take.
    clock : Clock, optional
        Replaced by tests.
    """

    def __init__(self, settings: Settings, budgets: Budgets | None = None, clock: Clock | None = None) -> None:
        self.settings: Settings = settings
        self.budgets: Budgets = budgets or Budgets()
        self.clock: Clock = clock or Clock()

    @cached_property
    def aws(self) -> AwsClient:
        """The client for AWS."""
        from supertokens_lambda._aws.client import AwsClient

        return AwsClient(os.environ)

    @cached_property
    def api_key(self) -> ApiKey:
        """The core's API key."""
        from supertokens_lambda._api_key import ApiKey

        return ApiKey(self.settings, lambda: self.aws, self.budgets.aws, self.clock.monotonic)

    @cached_property
    def core_client(self) -> CoreClient:
        """The client for the core, and the connections to it."""
        from supertokens_lambda._core_client.client import CoreClient

        uris = self.settings.connection_uris
        return CoreClient(uris, lambda: self.api_key.get(), self.budgets.core)  # noqa: PLW0108 - built on first use

    @cached_property
    def signing_keys(self) -> SigningKeys:
        """The core's signing keys, with those of ``SUPERTOKENS_JWKS_FILE``.

        Raises
        ------
        OSError, ValueError
            The file does not exist, or does not contain a key set.
        """
        path = self.settings.jwks_file
        given = None
        if path is not None:
            with open(path, "rb") as file:  # noqa: PTH123 - pathlib's import alone costs more than reading the file
                given = file.read()
        return SigningKeys(
            lambda: self.core_client.key_set(),  # noqa: PLW0108 - the client is built when it is first needed
            given,
            self.clock.monotonic,
            self.budgets.keys_cool_down,
        )

    @cached_property
    def verifier(self) -> Verifier:
        """The verifier of sessions."""
        return Verifier(
            self.settings,
            self.signing_keys,
            verify_in_core=lambda content: self.core_client.verify_session(content),  # noqa: PLW0108 - likewise
            verify_with_sdk=self._verify_with_sdk,
            open_container=self._open_container,
            budgets=self.budgets,
        )

    @cached_property
    def guard(self) -> Guard:
        """The guard."""
        verify = self._verify_with_sdk if self.settings.verify_with_sdk else self.verifier.verify
        return Guard(self.settings, verify, self._refusal_of)

    @cached_property
    def reuse(self) -> ReuseInterval | None:
        """The reuse interval; None if the settings switch it off."""
        if not self.settings.refresh_reuse_interval:
            return None
        from supertokens_lambda._refresh.reuse import ReuseInterval

        return ReuseInterval(self._open_store, self.settings.refresh_reuse_interval, self.clock)

    @cached_property
    def refresh(self) -> Refresh:
        """The refresh."""
        from supertokens_lambda._refresh.refresh import Refresh
        from supertokens_lambda._refresh.rotation import CoreRotation

        if self.settings.verify_with_sdk:
            from supertokens_lambda._sdk.rotation import SdkRotation

            return Refresh(self.settings, SdkRotation(self.sdk))
        rotation = CoreRotation(
            self.settings, lambda: self.core_client, self.reuse, self._answer_to_theft, self.budgets, self.clock
        )
        return Refresh(self.settings, rotation)

    @cached_property
    def sign_out(self) -> SignOut:
        """The sign-out."""
        if self.settings.verify_with_sdk:
            return self._sdk_sign_out()
        from supertokens_lambda._sign_out.core_sign_out import CoreSignOut

        return CoreSignOut(
            self.settings,
            self.verifier,
            self.signing_keys,
            lambda: self.core_client,
            self._sdk_sign_out,
            self.budgets,
            self.clock,
        )

    @cached_property
    def sdk(self) -> Sdk:
        """SuperTokens' SDK, not yet started."""
        from supertokens_lambda._sdk.sdk import Sdk

        return Sdk(self.settings, self.signing_keys, self.api_key.get, self.reuse, self.budgets)

    @cached_property
    def api(self) -> Api:
        """SuperTokens' API."""
        from supertokens_lambda._sdk.deferred import deferred_packages
        from supertokens_lambda._sdk.loading import quick_loading

        with quick_loading(), deferred_packages():
            from supertokens_lambda._sdk.api import Api
        return Api(self.sdk)

    def close(self) -> None:
        """Close idle connections."""
        for name in ("core_client", "aws", "sdk"):
            if name in vars(self):
                getattr(self, name).close()

    def _open_store(self) -> Store:
        if self.settings.refresh_table is None:
            from supertokens_lambda._refresh.file_store import FileStore

            return FileStore(self.budgets.store)
        from supertokens_lambda._refresh.table_store import TableStore

        return TableStore(self.aws, self.settings.refresh_table, self.budgets.store)

    def _verify_with_sdk(self, request: Request, options: VerifyOptions) -> Verdict:
        from supertokens_lambda._sdk.verify import verify

        return verify(self.sdk, request, options)

    def _refusal_of(self, request: Request, error: Exception) -> Refusal | None:
        # If the SDK is not loaded, the error cannot be one of the SDK.
        if "supertokens_python" not in sys.modules:
            return None
        from supertokens_lambda._sdk.errors import refusal_of_handler

        return refusal_of_handler(self.sdk, request, error)

    def _open_container(self, session: VerifiedSession) -> SessionState:
        from supertokens_lambda._sdk.container import open_container

        return open_container(self.sdk, session)

    def _sdk_sign_out(self) -> SignOut:
        from supertokens_lambda._sdk.sign_out import SdkSignOut

        return SdkSignOut(self.sdk, self.api)

    def _answer_to_theft(self, request: Request, theft: Theft) -> Ended | Fault:
        from supertokens_lambda._sdk.theft import answer_to_theft

        return answer_to_theft(self.sdk, request, theft)


_current: Runtime | None = None


def current() -> Runtime:
    """Return the runtime of this instance, built from the environment the first time.

    Raises
    ------
    SettingsError
        A variable is missing or malformed; the message names each one.
    """
    global _current  # noqa: PLW0603 - a function instance has one runtime
    if _current is None:
        _current = Runtime(Settings.from_environment(os.environ))
    return _current


def swap(runtime: Runtime | None) -> Runtime | None:
    """Set another runtime and return the present one; with None, the next call of `current` builds a new one."""
    global _current
    before, _current = _current, runtime
    return before
