"""Session cookies that an earlier cookie domain left behind, cleared."""

from collections.abc import Iterator

from supertokens_lambda.http.cookies import SameSite, clear_cookie
from supertokens_lambda.http.message import Additions, Request
from supertokens_lambda.settings import Settings
from supertokens_lambda.verification.session_tokens import ACCESS_TOKEN, REFRESH_TOKEN


def clear_duplicates(request: Request, settings: Settings, same_site: SameSite) -> Additions:
    """Clear each session cookie that came twice, on every domain but the one that the settings name.

    Two of a name mean that the cookie domain was changed. A Cookie header does not tell which is which, and as long as
    both are there no session holds, so the one of any other domain has to go (RFC 6265 section 5.3: a cookie is
    replaced only by one of the same name, domain and path).
    """
    paths = {ACCESS_TOKEN: "/", REFRESH_TOKEN: settings.refresh_token_path}
    return Additions(
        tuple(
            clear_cookie(name, path=path, domain=domain, secure=settings.secure, same_site=same_site)
            for name, path in paths.items()
            if len(request.cookies.all(name)) > 1
            for domain in _other_domains(request, settings)
        )
    )


def _other_domains(request: Request, settings: Settings) -> Iterator[str | None]:
    own = (settings.cookie_domain or "").lstrip(".")
    if own:
        yield None
    labels = (request.headers.get("host") or "").partition(":")[0].split(".")
    for start in range(len(labels) - 1):
        domain = ".".join(labels[start:])
        if domain != own and all(label.replace("-", "").isalnum() for label in labels):
            yield domain
