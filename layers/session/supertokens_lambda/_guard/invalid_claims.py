"""The answer to a navigation whose claims are refused: a redirect to the page that asks for them, or a 403.

The paths are those of SuperTokens' prebuilt UI, in the order of the validators.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from supertokens_lambda._guard.answers import SIGN_IN_AGAIN, redirect
from supertokens_lambda._html import page
from supertokens_lambda._http.redirects import redirect_location

if TYPE_CHECKING:
    from supertokens_lambda._http.message import Request, Response
    from supertokens_lambda._settings import Settings
    from supertokens_lambda._verification.verdict import InvalidClaims

_VERIFY_EMAIL = "/verify-email"
_FACTORS = "/mfa"
_FACTORS_WITH_A_PAGE = frozenset({"totp", "otp-email", "otp-phone"})


class ClaimPage(NamedTuple):
    """The page that asks a visitor for what a refused claim needs.

    Attributes
    ----------
    path : str
        Below the website's base path.
    missing, link : str
        What is missing, in one sentence, and the text of a link to the page.
    parameters : tuple of (str, str)
        Of the page's query.
    """

    path: str
    missing: str
    link: str
    parameters: tuple[tuple[str, str], ...] = ()

    def url(self, settings: Settings, target: str) -> str:
        """Return the URL of the page, from which the visitor comes back to a target."""
        path = settings.api_gateway_path + settings.website_base_path + self.path
        return redirect_location(settings.page_url(path), target, self.parameters)


def claim_page(refusal: InvalidClaims) -> ClaimPage | None:
    """Return the page that asks for what the first refused claim needs; None if no page helps with one of them."""
    errors = refusal.body.get("claimValidationErrors")
    pages = [_page_of(error) for error in errors] if isinstance(errors, list) else []
    return pages[0] if pages and None not in pages else None


def is_at_claim_page(request: Request, settings: Settings, asking: ClaimPage | None = None) -> bool:
    """Check whether a request is for a page that asks for a claim: for a certain one, or for any."""
    areas = (_VERIFY_EMAIL, _FACTORS) if asking is None else (f"/{asking.path.split('/')[1]}",)
    path = f"{request.path.rstrip('/')}/"
    return any(path.startswith(f"{settings.website_base_path}{area}/") for area in areas)


def answer_to_page(request: Request, refusal: InvalidClaims, settings: Settings) -> Response:
    """Return a redirect to the page that asks for what is missing, or a 403 with a way on.

    A page that asks for one claim may refuse another one. It shows a link then: a redirect could come straight back.
    """
    asking = claim_page(refusal)
    if asking is None:
        again = redirect_location(settings.sign_in_url, request.target, (SIGN_IN_AGAIN,))
        links = {settings.page_url(settings.home_path): "Go to the home page", again: "Sign in with another account"}
        missing = "You are signed in, but this page is not for you."
    elif is_at_claim_page(request, settings):
        links, missing = {asking.url(settings, request.target): asking.link}, asking.missing
    else:
        return redirect(asking.url(settings, request.target))
    ways = "\n".join(f'<p><a href="{escape(url)}">{text}</a></p>' for url, text in links.items())
    return page("You may not see this page", f"<p>{missing}</p>\n{ways}", status=403)


def _page_of(error: Any) -> ClaimPage | None:
    match error:
        # A page for visitors whose address is not verified refuses the others, who have nothing to verify.
        case {"id": "st-ev", "reason": {"expectedValue": True}}:
            return ClaimPage(_VERIFY_EMAIL, "Your e-mail address is not verified yet.", "Verify your e-mail address")
        case {"id": "st-mfa", "reason": reason}:
            return _factor_page(_missing_factors(reason))
    return None


def _missing_factors(reason: Any) -> list[str]:
    match reason:
        case {"factor_id": str(factor)}:
            return [factor]
        case {"one_of": [*factors]} | {"all_of_in_any_order": [*factors]}:
            return [str(factor) for factor in factors]
    return []


def _factor_page(factors: list[str]) -> ClaimPage:
    """Return the page of the one missing factor, or the page that lets the visitor choose one."""
    path, parameters = _FACTORS, ((("n", ",".join(factors)),) if factors else ())
    if len(factors) == 1 and factors[0] in _FACTORS_WITH_A_PAGE:
        path, parameters = f"{_FACTORS}/{factors[0]}", ()
    return ClaimPage(path, "You have to confirm your sign-in with a second factor.", "Confirm your sign-in", parameters)
