"""A plain, accessible page with a small style, for the guard's pages and for applications."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Final

from supertokens_lambda._http.message import NO_STORE, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

_STYLE: Final = """
:root { color-scheme: light dark; --line: light-dark(#d4d7de, #3d424d); --soft: light-dark(#5b6270, #a4abb8);
  --ground: light-dark(#f5f6f8, #14161a); --card: light-dark(#fff, #1d2026); --accent: light-dark(#1d4ed8, #8ab4ff);
  --on-accent: light-dark(#fff, #0b1530); --bad: light-dark(#b42318, #ff9c91); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100svh; display: grid; place-items: start center; align-content: start;
  padding: clamp(1rem, 8vh, 6rem) 1rem;
  background: var(--ground); font: 1rem/1.55 system-ui, sans-serif; }
main { width: min(100%, 28rem); padding: clamp(1.25rem, 5vw, 2rem); background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere; }
nav { width: min(100%, 28rem); margin-bottom: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; margin: 0; padding: 0; list-style: none; }
main > :last-child { margin-bottom: 0; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.2; }
p, dl { margin: .75rem 0; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0 0 .75rem; }
a { color: var(--accent); }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; margin-top: .25rem; padding: .625rem .75rem; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--soft); border-radius: .5rem; }
input[aria-invalid=true] { border-color: var(--bad); }
button { margin-top: 1.25rem; padding: .625rem 1.25rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 0; border-radius: .5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button + button { margin-left: .5rem; }
.quiet { display: inline-block; padding: .625rem 1.25rem; font-weight: 600; text-decoration: none;
  color: var(--accent); background: transparent; border: 1px solid var(--accent); border-radius: .5rem; }
.error { color: var(--bad); margin: .25rem 0 0; }
.soft { color: var(--soft); }
.hint { color: var(--soft); margin: .25rem 0 0; font-size: .875rem; }
ul.plain { margin: 1rem 0 0; padding: 0; list-style: none; display: grid; gap: .5rem; }
svg { display: block; width: min(100%, 14rem); height: auto; background: #fff; }
"""
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(
    title: str,
    body: str,
    *,
    heading: str = "",
    status: int = 200,
    cookies: tuple[str, ...] = (),
    policy: str = "",
    navigation: Mapping[str, str] | None = None,
) -> Response:
    """Build a page.

    Parameters
    ----------
    title : str
        Plain text; it is escaped here.
    body : str
        HTML; the caller must escape untrusted text.
    heading : str
        The heading, where it is not the title; plain text too.
    status : int
        The status code.
    cookies : tuple of str
        Values of Set-Cookie headers.
    policy : str
        Further directives of the Content-Security-Policy, for a page with a script.
    navigation : mapping of str to str, optional
        Links above the page: plain texts by their paths, with stage and base path.

    Returns
    -------
    Response
        The page. Caches do not keep it, other sites cannot frame it, and scripts need a `policy`.

    Examples
    --------
    >>> from html import escape
    >>> from supertokens_lambda.pages import page
    >>> page("Welcome", f"<p>Hello {escape('<Ada>')}</p>")
    Response(200)
    """
    links = "".join(
        f'<li><a href="{escape(path)}">{escape(text)}</a></li>' for path, text in (navigation or {}).items()
    )
    above = f'<nav aria-label="Pages">\n<ul>{links}</ul>\n</nav>\n' if links else ""
    html = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{above}<main>\n<h1>{escape(heading or title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", "; ".join(filter(None, (_POLICY, policy)))),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        NO_STORE,
    )
    return Response(status=status, headers=headers, cookies=cookies, body=html)
