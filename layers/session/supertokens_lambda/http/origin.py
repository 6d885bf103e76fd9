"""Whether a form comes from this site: protection against cross-site request forgery without a token."""

from urllib.parse import urlsplit

from supertokens_lambda.http.message import Request


def is_same_origin(request: Request) -> bool:
    """Tell whether a request that changes something was made by a page of this very host.

    A browser says so in Sec-Fetch-Site (W3C Fetch Metadata), older ones in Origin (RFC 6454). A request with neither
    was made by no browser, and so with nobody else's cookies.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:
        return False
