"""The ways to sign in that the recipes offer: which pages there are, and where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from supertokens_lambda import Request, Response, forms
from supertokens_lambda.pages import page, redirect
from supertokens_lambda.settings import settings

TENANT = re.compile("[a-z0-9-]{1,64}")


@dataclass(frozen=True)
class Visit:
    """A request to one of the pages, what the recipes offer, and the page that the visitor goes on to."""

    request: Request
    recipes: Any
    target: str

    @cached_property
    def form(self) -> dict[str, str]:
        """What the visitor has typed."""
        return self.request.form()

    @property
    def is_post(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    def link(self, path: str, *parameters: tuple[str, str]) -> str:
        """Return the address of another of the pages, which leads on as this one does."""
        # A path of the settings, not the request's: a link to //evil.example/auth would leave the site.
        return forms.link(path_of(path), self.target, *parameters)

    def sign_in_links(self, *, but: str = "") -> str:
        """Return the links to the other ways to sign in, as HTML."""
        factors = self.recipes.first_factors
        ways = [(self.link(f"/thirdparty/{each.id}"), f"Continue with {each.name}") for each in self.recipes.providers]
        if has_codes(factors) and but != "code":
            ways.append((self.link("/code"), "Sign in without a password"))
        if "emailpassword" in factors and but != "password":
            ways.append((self.link(""), "Sign in with a password"))
        items = (f'<li><a class="quiet" href="{escape(link)}">{escape(name)}</a></li>' for link, name in ways)
        return f'<ul class="plain">\n{"".join(items)}\n</ul>' if ways else ""


def path_of(path: str) -> str:
    """Return a path below the sign-in page's, as browsers see it."""
    return settings().sign_in_path.rstrip("/") + path if path else settings().sign_in_path


def has_codes(factors: frozenset[str]) -> bool:
    """Check whether a visitor may begin with a magic link or a code."""
    return not factors.isdisjoint({"otp-email", "otp-phone", "link-email", "link-phone"})


def onward(target: str) -> Response:
    """Return a redirect to a page of this site."""
    return redirect(settings().page_url(target or settings().signed_in_target), status=303)


def api_path(path: str, tenant: str) -> str:
    """Return a path of SuperTokens' API for the tenant that a link in a message names."""
    return f"/{tenant}{path}" if tenant != "public" and TENANT.fullmatch(tenant) else path


def session_of(visit: Visit) -> Any:
    """Return what `find_session` finds for a visitor who may lack a claim; a response if there is no session."""
    found = forms.find_session(visit.request)
    if isinstance(found, Response) or found.session is not None:
        return found
    return redirect(forms.link(path_of(""), visit.request.target), status=303)


def not_found() -> Response:
    """Return a 404 page."""
    return page("Not found", "<p>There is no such page.</p>", status=404)


def sign_in_again(visit: Visit) -> Response:
    """Return a page that says that SuperTokens refuses the session; a redirect would come straight back."""
    link = forms.link(path_of(""), visit.request.target, ("signIn", "again"))
    body = f'<p>Your session has ended.</p>\n<p><a href="{escape(link)}">Sign in</a></p>'
    return page("Please sign in again", body, status=401)
