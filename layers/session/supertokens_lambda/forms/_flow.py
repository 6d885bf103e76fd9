"""What a sign-in of several pages remembers, and the links in its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda._guard import flow_cookie
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from supertokens_lambda._http.message import Request


def keep(name: str, content: Mapping[str, str]) -> str:
    """Return the Set-Cookie value that keeps something for the next pages of a sign-in, for an hour.

    Scripts cannot read the cookie, and over HTTPS no other host can set it.

    Parameters
    ----------
    name : str
        Of the sign-in, like ``passwordless``.
    content : mapping of str to str
        What to keep; ``redirectBack`` is left out if it makes the cookie too long.

    Examples
    --------
    >>> from supertokens_lambda.forms import keep
    >>> from supertokens_lambda.pages import redirect
    >>> redirect("/auth/code", status=303, cookies=(keep("passwordless", {"deviceId": "d"}),))
    Response(303)
    """
    return flow_cookie.keep(name, content, current().settings)


def kept(request: Request, name: str) -> Mapping[str, str]:
    """Return what `keep` keeps; empty if there is nothing, or two of it.

    Examples
    --------
    >>> from supertokens_lambda import Request
    >>> from supertokens_lambda.forms import kept
    >>> kept(Request(method="GET", seen_path="/auth/code", path="/auth/code"), "passwordless")
    {}
    """
    return flow_cookie.kept(request, name, current().settings)


def forget(name: str) -> str:
    """Return the Set-Cookie value that ends what `keep` began.

    Examples
    --------
    >>> from supertokens_lambda.forms import forget
    >>> from supertokens_lambda.pages import redirect
    >>> redirect("/dashboard", status=303, cookies=(forget("passwordless"),))
    Response(303)
    """
    return flow_cookie.forget(name, current().settings)


def link_code_in_query(original: Any) -> Any:
    """Return a delivery whose magic links have their code in the query, as ``override`` of `passwordless.init`.

    SuperTokens puts the code into the fragment, which browsers do not send: only a script could read it there.

    Parameters
    ----------
    original : EmailDeliveryInterface or SMSDeliveryInterface
        The delivery of `passwordless.init`.

    Examples
    --------
    >>> from supertokens_lambda.forms import link_code_in_query
    >>> from supertokens_python.ingredients.emaildelivery.types import EmailDeliveryConfig
    >>> delivery = EmailDeliveryConfig(override=link_code_in_query)
    """
    for name in ("send_email", "send_sms"):
        if hasattr(original, name):
            setattr(original, name, _with_link_code_in_query(getattr(original, name)))
    return original


def _with_link_code_in_query(send: Callable[[Any, dict[str, Any]], Awaitable[None]]) -> Any:
    async def send_with_query(template_vars: Any, user_context: dict[str, Any]) -> None:
        link = getattr(template_vars, "url_with_link_code", None)
        if link:
            template_vars.url_with_link_code = link.replace("#", "&linkCode=", 1)
        await send(template_vars, user_context)

    return send_with_query
