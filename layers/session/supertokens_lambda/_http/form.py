"""Fields of forms and queries, in the encoding of HTML forms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from supertokens_lambda._http.message import ContentTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable

FORM = "application/x-www-form-urlencoded"

MAX_FIELDS = 2_000  # of a form or a query; it limits the cost of reading


def read_form(body: bytes) -> dict[str, str]:
    """Read the fields of a body, with the first value of each name.

    Raises
    ------
    ContentTooLargeError
        There are more than `MAX_FIELDS`.
    """
    if body.count(b"&") >= MAX_FIELDS:
        raise ContentTooLargeError(f"the form is too large; send at most {MAX_FIELDS} fields")
    return _first_of_each(form_fields(body.decode("utf-8", "replace")))


def query_parameters(query: str) -> dict[str, str]:
    """Read the parameters of a query, with the first value of each name; ignore those beyond `MAX_FIELDS`."""
    return _first_of_each(form_fields("&".join(query.split("&", MAX_FIELDS)[:MAX_FIELDS])))


def form_fields(encoded: str, *, errors: str = "replace") -> list[tuple[str, str]]:
    """Return the decoded fields of a form, in their order.

    Parameters
    ----------
    encoded : str
        The text of a query or a body.
    errors : str
        How to treat bytes that are not UTF-8, as in `bytes.decode`.

    Raises
    ------
    ValueError
        There are more than `MAX_FIELDS`.
    """
    return parse_qsl(encoded, keep_blank_values=True, errors=errors, max_num_fields=MAX_FIELDS)


def _first_of_each(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in fields:
        # A JSON event may contain an unpaired surrogate, which cannot be encoded later.
        found.setdefault(name, value.encode("utf-8", "replace").decode())
    return found
