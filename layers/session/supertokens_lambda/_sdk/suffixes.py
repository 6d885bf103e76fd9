"""The public suffixes that SuperTokens' SDK asks for, looked up without the tries of `tldextract`."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from supertokens_python import utils

from supertokens_lambda._http.public_suffixes import split_host

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def look_up_suffixes() -> None:
    """Replace the look-ups of the SDK with those of the toolkit: otherwise it builds the tries three times."""
    # Cached for applications that let the SDK download the list.
    tldextract = cache(utils.TLDExtract)  # type: ignore[attr-defined]  # the SDK does not export it

    def choose(**options: Any) -> Callable[[str], Any]:
        def split_online(host: str) -> Any:
            return tldextract(**options)(host)

        # The SDK makes an extractor that downloads the list before it decides that it must not.
        return _split if options.get("suffix_list_urls") == () else split_online

    utils.TLDExtract = choose  # type: ignore[assignment, attr-defined]


def _split(host: str) -> SimpleNamespace:
    domain, suffix = split_host(host)
    return SimpleNamespace(domain=domain, suffix=suffix)
