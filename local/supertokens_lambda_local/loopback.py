"""What the services have in common that are for this machine alone."""

from collections.abc import Iterable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

NO_STORE: Final = {"cache-control": "no-store"}


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body to its end.

    Raises
    ------
    HTTPException
        413, if it has more bytes than the limit.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, f"the body has more than {limit} bytes")
    return bytes(body)


def is_of_another_site(request: Request, origins: Iterable[str] = ()) -> bool:
    """Check whether a browser made the request from a page that has none of the origins.

    True if Sec-Fetch-Site or Origin says so: programs send neither.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if origin is not None:
        return origin not in origins
    return site is not None and (site != "same-origin" or not origins)


def html_page(title: str, body: str, *, status: int = 200, policy: str = "", form_target: str = "") -> HTMLResponse:
    """Build a page in the style of the toolkit.

    Parameters
    ----------
    title : str
        Plain text.
    body : str
        HTML; the caller must escape untrusted text.
    status : int
        The status code.
    policy : str
        Further directives of the Content-Security-Policy.
    form_target : str
        An origin that the answer to the form of the page redirects to.
    """
    # The gateway itself starts without the toolkit.
    from supertokens_lambda.pages import page

    made = page(title, body, status=status, policy=policy)
    headers = dict(made.headers)
    if form_target:
        name = "content-security-policy"
        # Browsers check the redirect after a form as well, and a second directive of a name is ignored.
        headers[name] = headers[name].replace("form-action 'self'", f"form-action 'self' {form_target}")
    return HTMLResponse(made.body, status, headers)
