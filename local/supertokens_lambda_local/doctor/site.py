"""The deployment itself: what a browser without a session meets, and what a website on another origin may ask."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import httpx

from supertokens_lambda.settings import Settings
from supertokens_lambda_local.doctor.cors import SENT, Allowed, missing, what_is_refused
from supertokens_lambda_local.doctor.deployment import Deployment
from supertokens_lambda_local.doctor.finding import Code, Finding
from supertokens_lambda_local.doctor.http import Unanswered, ask, skew

_HOPS = 6
_TIMEOUT = 30.0  # seconds, as API Gateway waits for a function that starts
_NAVIGATION = {"accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


def check_site(deployment: Deployment) -> Iterator[Finding]:
    """Visit the refresh as a browser does, up to the sign-in page, and ask what CORS allows."""
    url, settings = deployment.url, deployment.settings
    if url is None:
        return
    url = url.rstrip("/")
    origin = _origin(url)
    yield from _visit(url + (settings.refresh_path if settings else ""), origin)
    if settings is None:
        return
    if origin not in (settings.api_domain, settings.website_domain):
        yield Finding(
            Code.SITE_ADDRESS,
            f"{origin} is neither SUPERTOKENS_API_DOMAIN nor SUPERTOKENS_WEBSITE_DOMAIN: cookies, CORS and "
            "e-mails are made "
            "for those.",
            "Give the address that browsers use, or correct the settings.",
        )
    if settings.api_domain != settings.website_domain:
        yield from _preflight(url, settings)


def _visit(place: str, origin: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for hop in range(_HOPS):
        try:
            answer = ask("GET", place, _NAVIGATION, _TIMEOUT)
        except Unanswered as error:
            yield Finding(
                Code.SITE_UNREACHABLE,
                f"{_told(place)} does not answer ({error}).",
                "Is it deployed, and does its name lead to it?",
            )
            return
        if hop == 0:
            yield from skew("the deployment", answer)
        if answer.status_code == 401 or _told(place) in seen:
            yield Finding(
                Code.SITE_GUARDED,
                f"{_told(place)} {'answers 401' if answer.status_code == 401 else 'sends browsers back to itself'}: it "
                "asks for a session on the way to one, and nobody can sign in.",
                "Leave the guard and the authorizer away from the refresh, the refresh page and the sign-in page.",
            )
            return
        seen.add(_told(place))
        if answer.status_code in (403, 404):
            yield Finding(
                Code.SITE_PATH_MISSING,
                f"{_told(place)} answers {answer.status_code}: a browser that has to refresh or sign in ends there.",
                "Compare the routes and the stage with SUPERTOKENS_API_GATEWAY_PATH and the paths of the settings.",
            )
        elif answer.status_code >= 500:
            yield Finding(
                Code.SITE_FAULT,
                f"{_told(place)} answers {answer.status_code}.",
                "Look at the function's log; docs/reasons.md says what its reasons mean.",
            )
        if not answer.has_redirect_location:
            return
        place = urljoin(place, answer.headers["location"])
        if _origin(place) != origin:
            return


def _preflight(url: str, settings: Settings) -> Iterator[Finding]:
    website = settings.website_domain
    asked = {
        "origin": website,
        "access-control-request-method": "POST",
        "access-control-request-headers": ",".join(sorted(SENT)),
    }
    try:
        answer = ask("OPTIONS", f"{url}{settings.api_base_path}/session/refresh", asked, _TIMEOUT)
    except Unanswered:
        return  # As the visit has found.
    if "access-control-allow-origin" not in answer.headers:
        yield missing(website)
        return
    allowed = Allowed(
        _names(answer, "access-control-allow-origin"),
        _names(answer, "access-control-allow-headers"),
        answer.headers.get("access-control-allow-credentials") == "true",
        None,  # An answer to a preflight need not say it.
    )
    yield from what_is_refused(allowed, website)


def _names(answer: httpx.Response, field: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in answer.headers.get(field, "").split(","))


def _origin(url: str) -> str:
    found = urlsplit(url)
    return f"{found.scheme}://{found.netloc}".lower()


def _told(place: str) -> str:
    return place.partition("?")[0]
