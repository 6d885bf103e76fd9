"""Verification of sessions, with the steps of `get_session` in SuperTokens' SDK (supertokens-python 0.31)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from supertokens_lambda._budgets import Budgets
from supertokens_lambda._settings import ASK_SDK
from supertokens_lambda._verification.access_token import AccessToken, NotATokenError, lifetime_or_refusal
from supertokens_lambda._verification.session_tokens import bearer_token, same_site, session_cookies
from supertokens_lambda._verification.signature import is_signed
from supertokens_lambda._verification.signing_keys import KeysUnreachableError
from supertokens_lambda._verification.verdict import (
    Anonymous,
    Reason,
    TryRefresh,
    Unauthorised,
    Verified,
)
from supertokens_lambda._verification.verified_session import VerifiedSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from supertokens_lambda._http.message import Request
    from supertokens_lambda._settings import AntiCsrf, Settings
    from supertokens_lambda._verification.options import VerifyOptions
    from supertokens_lambda._verification.session_tokens import SessionCookies, TransferMethod
    from supertokens_lambda._verification.signing_keys import SigningKeys
    from supertokens_lambda._verification.verdict import Fault, Verdict
    from supertokens_lambda._verification.verified_session import OpenContainer

    VerifyInCore = Callable[[dict[str, Any]], dict[str, Any]]
    VerifyWithSdk = Callable[[Request, VerifyOptions], Verdict]

REMEMBERED = 1_000  # tokens


class Verifier:
    """Verifier of sessions that needs only the key set, and the core for tokens that require it.

    Parameters
    ----------
    settings : Settings
        The application's settings.
    keys : SigningKeys
        The core's key set.
    verify_in_core : callable
        Posts to the core's ``/recipe/session/verify``; raises `OSError` if no core answers.
    verify_with_sdk : callable
        Verifies with SuperTokens' SDK: tokens from before keys had ids, and requests with claims whose value is missing
        or too old, or whose validators are classes of the SDK.
    open_container : callable
        Returns the SDK's container for a session that was verified here.
    budgets : Budgets, optional
        The time limits: a page waits for a function that chooses claim validators.
    """

    def __init__(
        self,
        settings: Settings,
        keys: SigningKeys,
        *,
        verify_in_core: VerifyInCore,
        verify_with_sdk: VerifyWithSdk,
        open_container: OpenContainer,
        budgets: Budgets | None = None,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._verify_in_core = verify_in_core
        self._verify_with_sdk = verify_with_sdk
        self._open_container = open_container
        self._budgets = budgets or Budgets()
        self._remembered: OrderedDict[str, AccessToken] = OrderedDict()
        self._lock = threading.Lock()

    def verify(self, request: Request, options: VerifyOptions, *, checks_claims: bool = True) -> Verdict:
        """Return the verdict for a request's session.

        Parameters
        ----------
        request : Request
            The request.
        options : VerifyOptions
            What is required of the session.
        checks_claims : bool
            Whether claims can refuse the session; those of a session that is to end cannot.
        """
        cookies = session_cookies(request.cookies.header)
        if cookies.is_legacy:
            return TryRefresh(Reason.LEGACY_SESSION)
        token, transfer_method, sent = self._find(request, cookies)
        if token is None:
            missing = Unauthorised(Reason.NOT_A_TOKEN if sent else Reason.TOKEN_MISSING)
            return missing if options.session_required else Anonymous()
        if token.header.version == 2 or (checks_claims and ASK_SDK in self._settings.global_claim_validators):
            return self._verify_with_sdk(request, options)
        anti_csrf = self._anti_csrf(request, options, transfer_method)
        is_ambiguous = transfer_method == "cookie" and cookies.has_duplicates
        refusal = self._refusal(request, token, anti_csrf, is_ambiguous=is_ambiguous)
        if refusal is not None:
            return refusal
        session = VerifiedSession(token, transfer_method, request, self._settings, self._open_container)
        # The first use of a token after a refresh must reach the core, which then ends the old refresh token.
        if options.check_database or isinstance(token.claims.get("parentRefreshTokenHash1"), str):
            # Imported late: most requests need no call to the core.
            from supertokens_lambda._verification.core_check import core_refusal

            refused = core_refusal(
                session, anti_csrf, self._settings, self._verify_in_core, check_database=options.check_database
            )
            if refused is not None:
                return refused
        return self._with_claims(session, options) if checks_claims else Verified(session)

    def _with_claims(self, session: VerifiedSession, options: VerifyOptions) -> Verdict:
        """Return the verdict for a session that is valid apart from its claims."""
        choose, names = options.override_global_claim_validators, self._settings.global_claim_validators
        if choose is None and not names:
            return Verified(session)
        # Imported late: few pages check claims.
        from supertokens_lambda._verification.claims.check import check_claims

        verdict = check_claims(session, choose, names, self._budgets.page)
        return verdict or self._verify_with_sdk(session.request, options)

    def _find(self, request: Request, cookies: SessionCookies) -> tuple[AccessToken | None, TransferMethod, bool]:
        """Return the token, how it was sent, and whether anything was sent as one; the header wins over the cookie."""
        bearer = bearer_token(request)
        if bearer is not None:
            token = self._parsed(bearer)
            if token is not None:
                return token, "header", True
        if cookies.access_token is not None:
            return self._parsed(cookies.access_token), "cookie", True
        return None, "cookie", bool(request.headers.get("authorization"))

    def _parsed(self, raw: str) -> AccessToken | None:
        remembered = self._remembered.get(raw)
        if remembered is not None:
            return remembered
        try:
            return AccessToken(raw)
        except NotATokenError:
            return None

    def _anti_csrf(self, request: Request, options: VerifyOptions, transfer_method: TransferMethod) -> AntiCsrf | None:
        """Return the anti-CSRF protection that the request must have; None if it needs none."""
        check = request.method != "GET" if options.anti_csrf_check is None else options.anti_csrf_check
        if not check or transfer_method == "header":
            return None
        return self._settings.anti_csrf or ("VIA_CUSTOM_HEADER" if same_site(self._settings) == "none" else "NONE")

    def _refusal(
        self, request: Request, token: AccessToken, anti_csrf: AntiCsrf | None, *, is_ambiguous: bool
    ) -> TryRefresh | Fault | None:
        if is_ambiguous:
            return TryRefresh(Reason.DUPLICATE_COOKIES)
        if anti_csrf == "VIA_CUSTOM_HEADER" and "rid" not in request.headers:
            return TryRefresh(Reason.ANTI_CSRF_FAILED)
        try:
            key = self._keys.find(token.header.kid)
        except KeysUnreachableError as error:
            return _fault_of(error)
        reason = Reason.KEY_UNKNOWN if key is None else self._token_refusal(token, key)
        if reason is None and anti_csrf == "VIA_TOKEN":
            reason = _anti_csrf_token_refusal(request, token)
        return None if reason is None else TryRefresh(reason)

    def _token_refusal(self, token: AccessToken, key: RSAPublicKey) -> Reason | None:
        now = time.time()
        known_by, begins, ends = token.verified
        if known_by is not key or not begins <= now < ends:
            if not is_signed(token, key):
                return Reason.TOKEN_REFUSED
            lifetime = lifetime_or_refusal(token.claims, now)
            if isinstance(lifetime, Reason):
                self._forget(token)
                return lifetime
            token.verified = key, *lifetime
            self._remember(token)
        is_dynamic = token.header.kid.startswith("d-")
        return None if is_dynamic == self._settings.use_dynamic_access_token_signing_key else Reason.KEY_KIND_MISMATCH

    def _remember(self, token: AccessToken) -> None:
        with self._lock:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.popitem(last=False)
            self._remembered[token.raw] = token

    def _forget(self, token: AccessToken) -> None:
        with self._lock:
            self._remembered.pop(token.raw, None)


def _fault_of(error: Exception) -> Fault:
    # Imported late: few requests need it.
    from supertokens_lambda._verification.faults import fault_of

    return fault_of(error)


def _anti_csrf_token_refusal(request: Request, token: AccessToken) -> Reason | None:
    expected = token.text("antiCsrfToken")
    matches = expected is not None and request.headers.get("anti-csrf") == expected
    return None if matches else Reason.ANTI_CSRF_FAILED
