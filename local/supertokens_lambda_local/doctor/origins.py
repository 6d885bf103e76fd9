"""Origins and cookies: which requests the browser sends the session's cookies with.

Sites are compared as in SuperTokens' SDK, by the list of public suffixes with its private part.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from supertokens_lambda._http.public_suffixes import split_host
from supertokens_lambda._settings import Settings, host_of
from supertokens_lambda_local.doctor.finding import Code, Finding

_REMEDY_HTTPS = "Serve both origins over https, and say so in SUPERTOKENS_API_DOMAIN and SUPERTOKENS_WEBSITE_DOMAIN."


def check_origins(settings: Settings) -> Iterator[Finding]:
    """Check schemes, sites, SameSite and the cookie domain."""
    yield from _schemes(settings)
    yield from _same_site(settings)
    yield from _cookie_domain(settings)


def is_local(origin: str) -> bool:
    """Check whether an origin is this machine, which browsers trust without https."""
    host = host_of(origin)
    return host == "localhost" or host.endswith(".localhost") or (_is_address(host) and ip_address(host).is_loopback)


def site_of(origin: str) -> tuple[str, str]:
    """Return the scheme and the registrable domain of an origin."""
    host = host_of(origin)
    domain, suffix = split_host(host)
    return urlsplit(origin).scheme, f"{domain}.{suffix}" if domain and suffix else host


def domain_matches(host: str, domain: str) -> bool:
    """Check whether a host domain-matches a cookie's domain (RFC 6265 section 5.1.3)."""
    domain = domain.removeprefix(".")
    return host == domain or (host.endswith(f".{domain}") and not _is_address(host))


def _schemes(settings: Settings) -> Iterator[Finding]:
    if settings.secure and settings.website_domain.startswith("http:"):
        yield Finding(
            Code.SECURE_COOKIE_ON_HTTP,
            "The website is on http and the API on https: the session's cookies are Secure, so no page ever gets them.",
            _REMEDY_HTTPS,
        )
    for name, origin in (("API", settings.api_domain), ("website", settings.website_domain)):
        if origin.startswith("http:") and not is_local(origin):
            yield Finding(
                Code.HTTP_ORIGIN,
                f"The {name}'s origin is on http: anybody on the way can read the session's cookies.",
                _REMEDY_HTTPS,
            )


def _same_site(settings: Settings) -> Iterator[Finding]:
    apart = site_of(settings.api_domain) != site_of(settings.website_domain)
    chosen = settings.cookie_same_site
    if apart and chosen in ("lax", "strict"):
        yield Finding(
            Code.SAME_SITE_TOO_STRICT,
            f"API and website are on different sites, and SameSite is {chosen}: the browser sends no cookies with the "
            "website's calls, so nobody stays signed in.",
            "Put both below one domain, or leave SUPERTOKENS_COOKIE_SAME_SITE to SuperTokens, which then takes none.",
        )
    if (chosen or ("none" if apart else "lax")) == "none" and not settings.secure:
        yield Finding(
            Code.SAME_SITE_NONE_INSECURE,
            "SameSite is none and the API is on http: the browser refuses the cookies, and SuperTokens to sign in.",
            "Serve the API over https, or leave SUPERTOKENS_COOKIE_SAME_SITE empty with both origins on one site.",
        )
    if apart:
        yield Finding(
            Code.SITES_APART,
            "API and website are on different sites: server-side rendered pages of the website never get the session's "
            "cookies, and browsers that block third-party cookies send none with its calls.",
            "Put both below one domain, as www.example.com and api.example.com are.",
        )


def _cookie_domain(settings: Settings) -> Iterator[Finding]:
    domain = settings.cookie_domain
    hosts = host_of(settings.api_domain), host_of(settings.website_domain)
    if domain is None:
        if not settings.has_one_host and site_of(settings.api_domain)[1] == site_of(settings.website_domain)[1]:
            yield Finding(
                Code.COOKIE_DOMAIN_MISSING,
                f"The cookies are {hosts[0]}'s alone: pages at {hosts[1]} never get them.",
                "Set SUPERTOKENS_COOKIE_DOMAIN to the domain that both are below, if pages there need the session.",
            )
        return
    if _is_public_suffix(domain.removeprefix(".")) and domain.removeprefix(".") not in hosts:
        yield Finding(
            Code.COOKIE_DOMAIN_PUBLIC_SUFFIX,
            f"The cookie domain {domain} is a public suffix: the browser refuses every cookie.",
            "Set SUPERTOKENS_COOKIE_DOMAIN to a domain of your own, or leave it empty.",
        )
    elif not domain_matches(hosts[0], domain):
        yield Finding(
            Code.COOKIE_DOMAIN_MISMATCH,
            f"The API at {hosts[0]} is not in the cookie domain {domain}: the browser refuses every cookie.",
            "Set SUPERTOKENS_COOKIE_DOMAIN to a domain that both origins are in, or leave it empty.",
        )
    elif (
        not domain_matches(hosts[1], domain) and site_of(settings.api_domain)[1] == site_of(settings.website_domain)[1]
    ):
        yield Finding(
            Code.COOKIE_DOMAIN_MISMATCH,
            f"The website at {hosts[1]} is not in the cookie domain {domain}: its pages never get the cookies.",
            "Set SUPERTOKENS_COOKIE_DOMAIN to a domain that both origins are in.",
        )


def _is_public_suffix(domain: str) -> bool:
    return split_host(domain) == ("", domain)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
