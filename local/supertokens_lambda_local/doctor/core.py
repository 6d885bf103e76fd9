"""The core: that it answers, takes the API key, speaks the SDK's version, and signs with the keys that are expected."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from supertokens_lambda._api_key import ApiKeyError
from supertokens_lambda._core_client.client import CDI_VERSION, CoreUnreachableError
from supertokens_lambda._runtime import Runtime
from supertokens_lambda.settings import Settings
from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown
from supertokens_lambda_local.doctor.http import Unanswered, ask, skew
from supertokens_lambda_local.doctor.origins import is_local


def check_core(deployment: Deployment, own_key: str | None = None) -> Iterator[Outcome]:
    """Ask each of the cores.

    Parameters
    ----------
    deployment : Deployment
        What says where they are.
    own_key : str, optional
        The API key, instead of the one that the settings lead to.
    """
    settings = deployment.settings
    if settings is None:
        return
    key = own_key
    try:
        key = key or Runtime(settings).api_key.get()
    except (CoreUnreachableError, ApiKeyError):
        yield Unknown("the core's API key", "AWS does not give it here; SUPERTOKENS_API_KEY in the environment does")
    keeps_key = bool(settings.api_key_parameter or settings.api_key_secret) and key is None
    open_cores = [uri for uri in settings.connection_uris if uri.startswith("http:") and not is_local(uri)]
    if open_cores:
        hosts = ", ".join(urlsplit(uri).hostname or "" for uri in open_cores)
        yield Finding(
            Code.CORE_ON_HTTP,
            f"The core {hosts} is asked over http: whoever is on the way reads the API key and every session's tokens.",
            "Use https in SUPERTOKENS_CONNECTION_URI, unless the network between is yours alone.",
        )
    for uri in settings.connection_uris:
        yield from _one(uri, settings, key, is_blind=keeps_key)
    if settings.jwks_file and settings.use_dynamic_access_token_signing_key:
        yield Finding(
            Code.KEY_FILE_DYNAMIC,
            "The file of signing keys is for keys that stay, and the core's are dynamic: after some days it "
            "saves no fetch.",
            "Leave SUPERTOKENS_JWKS_FILE out, or set SUPERTOKENS_USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY to false.",
        )


def _one(uri: str, settings: Settings, key: str | None, *, is_blind: bool) -> Iterator[Outcome]:
    name = urlsplit(uri).hostname or ""
    try:
        versions = ask("GET", f"{uri}/apiversion", {"api-key": key} if key else {})
        key_set = ask("GET", f"{uri}/.well-known/jwks.json")
    except Unanswered as error:
        yield _unreachable(name, f"does not answer ({error})")
        return
    yield from skew(f"the core {name}", versions)
    if versions.status_code == 401:
        if not is_blind:
            yield Finding(
                Code.CORE_KEY_REFUSED,
                f"The core {name} refuses the API key{'' if key else ', since none is given'}: nobody can sign in "
                "or refresh.",
                "Give the functions one of the keys in the core's api_keys.",
            )
    elif versions.status_code != 200 or not isinstance(spoken := _member(versions, "versions"), list):
        yield _unreachable(name, f"answers {versions.status_code}, and not as a core does")
    elif CDI_VERSION not in spoken:
        yield Finding(
            Code.CORE_VERSION,
            f"The core {name} does not speak CDI {CDI_VERSION}, the version of SuperTokens' SDK: nobody can sign "
            "in or refresh.",
            "Run a core that does: 11.3 or newer.",
        )
    keys = _member(key_set, "keys")
    if key_set.status_code == 200 and isinstance(keys, list):
        yield from _keys(name, settings, {str(each.get("kid")) for each in keys if isinstance(each, dict)})
    elif versions.status_code == 200:
        yield _unreachable(name, f"answers {key_set.status_code} when asked for its keys")


def _keys(name: str, settings: Settings, kids: set[str]) -> Iterator[Finding]:
    dynamic = settings.use_dynamic_access_token_signing_key
    if not any(kid.startswith("d-" if dynamic else "s-") for kid in kids):
        kind = "dynamic" if dynamic else "static"
        yield Finding(
            Code.KEY_KIND_MISMATCH,
            f"The settings expect access tokens that a {kind} key signs, and the core {name} publishes none: "
            "every page is "
            "sent to the refresh.",
            "Set SUPERTOKENS_USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY as the core's keys are.",
        )
    if settings.jwks_file is None:
        return
    try:
        given = {str(key["kid"]) for key in json.loads(Path(settings.jwks_file).read_bytes())["keys"]}
    except (OSError, ValueError, LookupError, TypeError):
        yield Finding(
            Code.KEY_FILE_UNREADABLE,
            f"The file of signing keys {settings.jwks_file} is not there, or holds no key set: the functions do "
            "not start.",
            "Save the core's /.well-known/jwks.json there, or leave SUPERTOKENS_JWKS_FILE out.",
        )
        return
    if given - kids:
        yield Finding(
            Code.KEY_FILE_FOREIGN,
            f"The file of signing keys holds keys that the core {name} does not publish: tokens of another core "
            "are taken.",
            "Save this core's /.well-known/jwks.json there.",
        )


def _unreachable(name: str, how: str) -> Finding:
    return Finding(
        Code.CORE_UNREACHABLE,
        f"The core {name} {how}: nobody can sign in or refresh, and new instances have no keys.",
        "Is the core up, is SUPERTOKENS_CONNECTION_URI right, and is it reached from here as from the functions?",
    )


def _member(answer: httpx.Response, name: str) -> object:
    try:
        found = answer.json()
    except ValueError:
        return None
    return found.get(name) if isinstance(found, dict) else None
