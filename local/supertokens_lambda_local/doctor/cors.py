"""CORS: whether a website on another origin may call SuperTokens' API (the Fetch standard, "CORS protocol")."""

from collections.abc import Iterator
from typing import NamedTuple

from supertokens_lambda_local.doctor.deployment import Deployment, serves
from supertokens_lambda_local.doctor.finding import Code, Finding, Outcome, Unknown

# What SuperTokens' browser SDK sends, and what it reads.
SENT = frozenset({"content-type", "rid", "fdi-version", "anti-csrf", "authorization", "st-auth-mode"})
READ = frozenset({"front-token", "anti-csrf", "st-access-token", "st-refresh-token"})


class Allowed(NamedTuple):
    """What an API allows a website.

    Attributes
    ----------
    origins, headers : frozenset of str
        Origins, and names of headers in lower case.
    credentials : bool
        Whether cookies may be sent.
    exposed : frozenset of str or None
        Headers that scripts may read; None where that is not known.
    """

    origins: frozenset[str]
    headers: frozenset[str]
    credentials: bool
    exposed: frozenset[str] | None


def check_cors(deployment: Deployment) -> Iterator[Outcome]:
    """Check what the template's HTTP APIs allow, if the website has another origin than the API."""
    settings, application = deployment.settings, deployment.application
    if settings is None or application is None or settings.api_domain == settings.website_domain:
        return
    apis = [api for api in application.apis if serves(deployment, api)]
    if apis and not any(api.kind == "http" for api in apis):
        yield Unknown("CORS", "only a template's HTTP APIs tell it; --url asks the deployment")
    for api in apis:
        if api.kind != "http":
            continue
        if reason := api.unknown or (api.cors.unknown if api.cors else ""):
            yield Unknown("CORS", reason)
        elif api.cors is None:
            yield missing(settings.website_domain)
        else:
            allowed = Allowed(
                _lowered(api.cors.origins),
                _lowered(api.cors.headers),
                api.cors.credentials,
                _lowered(api.cors.exposed),
            )
            yield from what_is_refused(allowed, settings.website_domain)


def missing(website: str) -> Finding:
    """Return the finding that an API allows nothing to other origins."""
    return Finding(
        Code.CORS_MISSING,
        f"The API allows no calls from {website}: the website can neither sign in nor refresh.",
        "Give the API a CorsConfiguration as the sample's template.yaml has.",
    )


def what_is_refused(allowed: Allowed, website: str) -> Iterator[Finding]:
    """Return the findings for requests of SuperTokens' browser SDK that an API refuses.

    Parameters
    ----------
    allowed : Allowed
        What it allows.
    website : str
        The website's origin.
    """
    if website not in allowed.origins:
        wildcard = "*" in allowed.origins
        what = "any origin (*), which browsers refuse for calls with cookies" if wildcard else "other origins"
        yield Finding(
            Code.CORS_ORIGIN,
            f"CORS allows {what}, and not {website}: the website can neither sign in nor refresh.",
            f"Name {website} in AllowOrigins.",
        )
    if not allowed.credentials:
        yield Finding(
            Code.CORS_CREDENTIALS,
            "CORS allows no credentials: the browser neither sends nor takes the session's cookies in the "
            "website's calls.",
            "Set AllowCredentials to true.",
        )
    # With credentials a * is a name like any other.
    if lacking := SENT - allowed.headers:
        yield Finding(
            Code.CORS_HEADERS,
            f"CORS does not allow the headers {_listed(lacking)}: the browser refuses SuperTokens' calls before "
            "they are made.",
            f"Add them to AllowHeaders; all are {_listed(SENT)}.",
        )
    if allowed.exposed is not None and (lacking := READ - allowed.exposed):
        yield Finding(
            Code.CORS_EXPOSED_HEADERS,
            f"CORS does not expose the headers {_listed(lacking)}: SuperTokens' browser SDK does not see the session.",
            f"Add them to ExposeHeaders; all are {_listed(READ)}.",
        )


def _lowered(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
