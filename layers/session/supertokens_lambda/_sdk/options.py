"""The settings as keywords of SuperTokens' ``session.init``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from supertokens_lambda._http.cookies import SameSite
    from supertokens_lambda._settings import AntiCsrf, Settings


class SessionOptions(TypedDict):
    """Keywords of SuperTokens' ``session.init``.

    Examples
    --------
    >>> from supertokens_lambda.settings import SessionOptions, session_options, settings
    >>> options: SessionOptions = session_options(settings())
    >>> options["use_dynamic_access_token_signing_key"]
    True
    """

    cookie_domain: str | None
    cookie_same_site: SameSite | None
    anti_csrf: AntiCsrf | None
    use_dynamic_access_token_signing_key: bool


def session_options(settings: Settings) -> SessionOptions:
    """Return the keywords of SuperTokens' ``session.init`` that the settings decide.

    Examples
    --------
    >>> from supertokens_lambda.settings import Settings, session_options
    >>> from supertokens_python.recipe import session
    >>> def recipe_list(settings: Settings):
    ...     return [session.init(**session_options(settings))]
    """
    return {
        "cookie_domain": settings.cookie_domain,
        "cookie_same_site": settings.cookie_same_site,
        "anti_csrf": settings.anti_csrf,
        "use_dynamic_access_token_signing_key": settings.use_dynamic_access_token_signing_key,
    }
