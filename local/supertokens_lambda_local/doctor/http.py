"""Questions over HTTP, and the clock of whoever answers."""

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

import httpx

from supertokens_lambda_local.doctor.finding import Code, Finding

_TIMEOUT = 5.0  # seconds
_SKEW = 60.0  # seconds, which verification forgives


class Unanswered(Exception):  # noqa: N818 - what is asked need not answer
    """Nobody answers; the message says how, and quotes nothing."""


def ask(method: str, url: str, headers: Mapping[str, str] | None = None, timeout: float = _TIMEOUT) -> httpx.Response:
    """Send a request, and follow no redirect.

    Raises
    ------
    Unanswered
        There is no answer.
    """
    try:
        return httpx.request(method, url, headers=headers, timeout=timeout)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unanswered(type(error).__name__) from None


def skew(who: str, answer: httpx.Response) -> Iterator[Finding]:
    """Compare the clock of an answer's Date (RFC 9110 section 6.6.1) with this machine's."""
    try:
        difference = parsedate_to_datetime(answer.headers.get("date", "")).timestamp() - time.time()
    except (TypeError, ValueError):
        return
    if abs(difference) > _SKEW:
        yield Finding(
            Code.CLOCK_SKEW,
            f"The clock of {who} is {abs(difference):.0f} seconds {'ahead' if difference > 0 else 'behind'} of "
            "this machine's: "
            "new access tokens are refused as not yet valid, or taken after their end.",
            "Set the clocks, by NTP.",
        )
