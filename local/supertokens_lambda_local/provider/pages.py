"""The pages of the provider."""

from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from supertokens_lambda_local.loopback import html_page
from supertokens_lambda_local.provider.authorization import AuthorizationRequest

_FORM = """
<p class="soft">A provider of social sign-in that runs in <code>supertokens-lambda dev</code>. Sign in as anybody to
{site}: nothing is checked.</p>
<form method="post" action="?{action}" novalidate>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" value="{email}" list="known" autocomplete="off" required{state}>
<datalist id="known">{known}</datalist>
{error}
<button name="decision" value="verified">Sign in</button>
<button name="decision" value="unverified">Sign in, address not verified</button>
<button name="decision" value="refuse">Refuse</button>
</form>
"""
_ERROR = '<p class="error" id="email-error" role="alert">Error: enter an e-mail address.</p>'


def sign_in_page(
    request: AuthorizationRequest, query: str, known: Iterable[str], *, refused: str | None = None
) -> HTMLResponse:
    """Build the page that asks who signs in.

    Parameters
    ----------
    request : AuthorizationRequest
        What the application asks for.
    query : str
        The query of its request, for the form to repeat.
    known : iterable of str
        The addresses that have signed in before.
    refused : str, optional
        What was typed, if it is no e-mail address.
    """
    target = urlsplit(request.redirect_uri)
    origin = f"{target.scheme}://{target.netloc}"
    is_wrong = refused is not None
    body = _FORM.format(
        site=escape(target.netloc),
        action=escape(query),
        email=escape(refused or request.login_hint),
        known="".join(f'<option value="{escape(address)}"></option>' for address in known),
        state=' aria-invalid="true" aria-describedby="email-error" autofocus' if is_wrong else "",
        error=_ERROR if is_wrong else "",
    )
    title = "Error: who signs in?" if is_wrong else "Who signs in?"
    return html_page(title, body, status=400 if is_wrong else 200, form_target=origin)


def problem_page(message: str) -> HTMLResponse:
    """Build the page for a request that cannot be answered by a redirect."""
    return html_page("This request is wrong", f"<p>{escape(message)}</p>", status=400)
