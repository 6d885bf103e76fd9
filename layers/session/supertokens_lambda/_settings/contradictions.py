"""Settings that are valid, and contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda._http.site import LOCAL, are_one_site, site_of

if TYPE_CHECKING:
    from supertokens_lambda._settings import Settings


def contradictions(settings: Settings) -> list[str]:
    """Return a message for each contradiction: cookies that any site can use, or that browsers do not store.

    Tokens in headers need neither setting, so an application loses nothing by leaving it out.
    """
    problems = []
    given = settings.cookie_same_site
    if settings.anti_csrf == "NONE" and (given == "none" or (given is None and _is_across_sites(settings))):
        cause = "SUPERTOKENS_COOKIE_SAME_SITE is none"
        if given is None:
            cause = "SUPERTOKENS_API_DOMAIN and SUPERTOKENS_WEBSITE_DOMAIN are two different sites"
        problems.append(
            f"{cause} and SUPERTOKENS_ANTI_CSRF is NONE, so any site could send requests with a visitor's "
            "cookies; set SUPERTOKENS_ANTI_CSRF to VIA_CUSTOM_HEADER or VIA_TOKEN, or leave it out"
        )
    if given == "none" and not settings.secure and not _is_local(settings):
        problems.append(
            "SUPERTOKENS_COOKIE_SAME_SITE is none and SUPERTOKENS_API_DOMAIN is an http origin, so browsers "
            "would not store the cookies; use https, or leave SUPERTOKENS_COOKIE_SAME_SITE out"
        )
    return problems


def _is_across_sites(settings: Settings) -> bool:
    return not are_one_site(settings.api_domain, settings.website_domain)


def _is_local(settings: Settings) -> bool:
    # As in SuperTokens' SDK, which refuses this when a session starts.
    return site_of(settings.api_domain) == site_of(settings.website_domain) == LOCAL
