"""What a check finds: a stable code, what will break, and what to do."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, NamedTuple


class Code(StrEnum):
    """The names of findings; `docs/doctor.md` has a line for each."""

    SETTING_MALFORMED = "setting-malformed"
    SETTING_MISSPELT = "setting-misspelt"
    SETTINGS_DIFFER = "settings-differ"
    HANDLER_MISSING = "handler-missing"
    LAYER_MISSING = "layer-missing"
    LAYER_ARCHITECTURE = "layer-architecture"
    LAYER_RUNTIME = "layer-runtime"
    LAYER_WITHOUT_PACKAGE = "layer-without-package"
    SDK_TIMEOUT = "sdk-timeout"
    SDK_MEMORY = "sdk-memory"
    SNAP_START_UNSUPPORTED = "snap-start-unsupported"
    HTTP_ORIGIN = "http-origin"
    SECURE_COOKIE_ON_HTTP = "secure-cookie-on-http"
    SAME_SITE_TOO_STRICT = "same-site-too-strict"
    SAME_SITE_NONE_INSECURE = "same-site-none-insecure"
    COOKIE_DOMAIN_MISMATCH = "cookie-domain-mismatch"
    COOKIE_DOMAIN_PUBLIC_SUFFIX = "cookie-domain-public-suffix"
    COOKIE_DOMAIN_MISSING = "cookie-domain-missing"
    SITES_APART = "sites-apart"
    STAGE_NOT_IN_PATHS = "stage-not-in-paths"
    STAGE_UNEXPECTED = "stage-unexpected"
    REFRESH_NOT_ROUTED = "refresh-not-routed"
    REFRESH_PAGE_NOT_ROUTED = "refresh-page-not-routed"
    SIGN_IN_NOT_ROUTED = "sign-in-not-routed"
    REFRESH_SCRIPT_MISSING = "refresh-script-missing"
    PAGE_GUARDED = "page-guarded"
    AUTHORIZER_CACHED = "authorizer-cached"
    BACKEND_HEADER_UNMAPPED = "backend-header-unmapped"
    PAYLOAD_FORMATS_MIXED = "payload-formats-mixed"
    LOAD_BALANCER_ONE_COOKIE = "load-balancer-one-cookie"
    CORS_MISSING = "cors-missing"
    CORS_ORIGIN = "cors-origin"
    CORS_CREDENTIALS = "cors-credentials"
    CORS_HEADERS = "cors-headers"
    CORS_EXPOSED_HEADERS = "cors-exposed-headers"
    CORE_KEY_IN_TEMPLATE = "core-key-in-template"
    CORE_KEY_PERMISSION = "core-key-permission"
    TABLE_NOT_SET = "table-not-set"
    TABLE_MISSING = "table-missing"
    TABLE_KEY = "table-key"
    TABLE_NO_TTL = "table-no-ttl"
    TABLE_PERMISSION = "table-permission"
    DELIVERY_DEMONSTRATION = "delivery-demonstration"
    DELIVERY_SENDER_MISSING = "delivery-sender-missing"
    DELIVERY_PERMISSION = "delivery-permission"
    DELIVERY_IDENTITY_MISSING = "delivery-identity-missing"
    DELIVERY_IDENTITY_UNVERIFIED = "delivery-identity-unverified"
    DELIVERY_SANDBOX = "delivery-sandbox"
    CORE_ON_HTTP = "core-on-http"
    CORE_UNREACHABLE = "core-unreachable"
    CORE_KEY_REFUSED = "core-key-refused"
    CORE_VERSION = "core-version"
    KEY_KIND_MISMATCH = "key-kind-mismatch"
    KEY_FILE_UNREADABLE = "key-file-unreadable"
    KEY_FILE_FOREIGN = "key-file-foreign"
    KEY_FILE_DYNAMIC = "key-file-dynamic"
    CLOCK_SKEW = "clock-skew"
    SITE_UNREACHABLE = "site-unreachable"
    SITE_ADDRESS = "site-address"
    SITE_PATH_MISSING = "site-path-missing"
    SITE_FAULT = "site-fault"
    SITE_GUARDED = "site-guarded"


_WARNINGS = frozenset(
    {
        Code.SDK_TIMEOUT,
        Code.SDK_MEMORY,
        Code.CORE_ON_HTTP,
        Code.HTTP_ORIGIN,
        Code.COOKIE_DOMAIN_MISSING,
        Code.SITES_APART,
        Code.PAYLOAD_FORMATS_MIXED,
        Code.CORE_KEY_PERMISSION,
        Code.TABLE_NOT_SET,
        Code.TABLE_NO_TTL,
        Code.DELIVERY_DEMONSTRATION,
        Code.DELIVERY_SANDBOX,
        Code.KEY_FILE_DYNAMIC,
        Code.SITE_ADDRESS,
    }
)


class Finding(NamedTuple):
    """Something that will break.

    Attributes
    ----------
    code : Code
        Its name.
    problem : str
        What will break, in sentences; never a secret.
    remedy : str
        What to do.
    functions : tuple of str
        The functions that it concerns, where it is some.
    """

    code: Code
    problem: str
    remedy: str
    functions: tuple[str, ...] = ()

    @property
    def severity(self) -> Literal["error", "warning"]:
        """An error breaks sessions; a warning breaks some, or is right only in some deployments."""
        return "warning" if self.code in _WARNINGS else "error"


class Unknown(NamedTuple):
    """Something that could not be looked at, and why.

    Attributes
    ----------
    what, why : str
        Parts of a sentence without its full stop.
    """

    what: str
    why: str


Outcome = Finding | Unknown


def named(names: Sequence[str]) -> str:
    """Write names as a sentence has them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
