"""The refresh by SuperTokens' browser SDK: a page with one script, under the SDK's lock across tabs."""

from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

from supertokens_lambda import Request, Response, forms, http_handler
from supertokens_lambda.handlers import serve_refresh, serve_sign_out
from supertokens_lambda.pages import page
from supertokens_lambda.settings import settings as read_settings

FILE: Final = Path(__file__).parent / "static" / "refresh_session.js"
if not FILE.is_file():
    raise FileNotFoundError(f"{FILE.name} has not been built: run `make refresh-page`")
SCRIPT: Final = FILE.read_text()
VERSION: Final = f"v={sha256(SCRIPT.encode()).hexdigest()[:16]}"

BODY = """
<div data-state="refreshing">
<p role="status">Your session has to be refreshed.</p>
<p class="soft"><noscript>JavaScript is off.</noscript> Nothing happens?
<a href="{server_refresh}">Refresh without JavaScript</a></p>
</div>
<div data-state="unreachable" role="alert" hidden>
<p>Your session cannot be refreshed right now. You are still signed in: please try again in a few seconds.</p>
<button type="button">Try again</button>
</div>
<div data-state="looping" role="alert" hidden>
<p>Your session does not hold: it was refreshed a moment ago, and the site does not accept it. Cookies may be blocked
for this site, or the site sets them for another domain or for HTTPS only.</p>
<p><a href="{sign_in}">Sign in again</a></p>
</div>
<script defer src="{script}" data-app-name="{app_name}" data-api-domain="{api_domain}"
data-api-base-path="{api_base_path}" data-cookie-domain="{cookie_domain}" data-server-refresh="{server_refresh}"
data-target="{target}"></script>
"""


@http_handler
def handler(request: Request) -> Response:
    if request.path.endswith("/script.js"):
        return script(request)
    return serve_refresh(request) or serve_sign_out(request) or refresh_page(request)


def script(request: Request) -> Response:
    """Serve the script; browsers keep it for a year if its version is in the query."""
    kept = "public, max-age=31536000, immutable" if request.query == VERSION else "no-cache"
    headers = (
        ("content-type", "text/javascript; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", kept),
    )
    return Response(status=200, headers=headers, body=SCRIPT)


def refresh_page(request: Request) -> Response:
    """Return the page. Its policy allows one script, and that script to call one URL."""
    settings = read_settings()
    target = forms.came_from(request)
    name, value = forms.OPTIONAL_SESSION
    kept = (forms.OPTIONAL_SESSION,) if request.parameters.get(name) == value else ()
    given = {
        "script": f"{settings.api_gateway_path}{settings.refresh_path}/script.js?{VERSION}",
        "app_name": settings.app_name,
        "api_domain": settings.api_domain,
        "api_base_path": settings.api_gateway_path + settings.api_base_path,
        "cookie_domain": settings.cookie_domain or "",
        "server_refresh": forms.link(settings.refresh_url, target, *kept),
        "sign_in": forms.link(settings.sign_in_url, target),
        "target": target or f"{settings.api_gateway_path}/",
    }
    policy = (
        f"script-src 'self'; connect-src {settings.api_domain}{settings.refresh_token_path}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return page("One moment", BODY.format_map({name: escape(text) for name, text in given.items()}), policy=policy)
