"""Reading the fields of events and writing the fields of answers, for all event sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._http.cookies import Cookies
from supertokens_lambda._http.message import Additions, Headers, Response

if TYPE_CHECKING:
    from supertokens_lambda._http.event_sources.event_source import Event


class EventError(SuperTokensLambdaError, ValueError):
    """The event is malformed; the message names the field, never its value."""


def text(event: Event, name: str, *inner: str) -> str:
    """Read a required string at a path of field names."""
    found: Any = event.get(name)
    for each in inner:
        found = found.get(each) if isinstance(found, dict) else None
    if not isinstance(found, str):
        raise EventError(f"{'.'.join((name, *inner))} of the event must be a string")
    return found


def optional_text(event: Event, name: str) -> str:
    """Read an optional string; empty if the field is null or missing."""
    found = event.get(name) or ""
    if not isinstance(found, str):
        raise EventError(f"{name} of the event must be a string")
    return found


def fields(event: Event, name: str) -> Iterator[tuple[str, str]]:
    """Read a map of strings, or of lists of strings; empty if the field is null or missing."""
    found = event.get(name) or {}
    if not isinstance(found, Mapping):
        raise EventError(f"{name} of the event must be an object")
    for key, value in found.items():
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(key, str) or not isinstance(item, str):
                raise EventError(f"{name} of the event must contain only strings")
            yield key, item


def header_map(event: Event) -> Headers:
    """Read the map of headers in which each name has one value; names in lower case."""
    found = event.get("headers") or {}
    if not isinstance(found, dict):
        raise EventError("headers of the event must be an object")
    try:
        # Joining is the fastest check that all of them are strings.
        names, _ = "".join(found), "".join(found.values())
    except TypeError:
        raise EventError("headers of the event must contain only strings") from None
    return Headers(found) if names == names.lower() else Headers.of(found.items())


def body(event: Event) -> bytes:
    """Read the body; empty if the field is null or missing."""
    if not event.get("body"):
        return b""
    found = text(event, "body")
    if not event.get("isBase64Encoded"):
        return found.encode("utf-8", "surrogatepass")
    import base64

    try:
        return base64.b64decode(found, validate=True)
    except ValueError:
        raise EventError("body of the event must be base64 where isBase64Encoded is true") from None


def without_prefix(path: str, prefix: str) -> str:
    """Return a path without the configured prefix, which ends at the end of a segment."""
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        return path[len(prefix) :] or "/"
    return path


def encoded_again(query: Iterable[tuple[str, str]]) -> str:
    """Return a query string for names and values that the event source has decoded."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in query)


def _encoded(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="/:@!$'()*,?", errors="replace")


def split_cookies(fields: Iterable[tuple[str, str]]) -> tuple[Headers, Cookies]:
    """Return the headers, and separately the cookies of all Cookie headers."""
    cookies: list[str] = []
    others: list[tuple[str, str]] = []
    for name, value in fields:
        if name.lower() == "cookie":
            cookies.append(value)
        else:
            others.append((name, value))
    return Headers.of(others), Cookies("; ".join(cookies))


def body_fields(response: Response) -> dict[str, Any]:
    """Return the fields of an answer that are the same for all event sources."""
    if isinstance(response.body, str):
        return {"statusCode": response.status, "body": response.body, "isBase64Encoded": False}
    import base64

    encoded = base64.b64encode(response.body).decode("ascii")
    return {"statusCode": response.status, "body": encoded, "isBase64Encoded": True}


def merge_headers(headers: object, additions: Additions) -> dict[str, Any]:
    """Return the headers of an answer with the additions, which replace headers in any case."""
    merged = dict(headers) if isinstance(headers, Mapping) else {}
    for name, value in additions.all_headers:
        before = take(merged, name)
        merged[name] = ",".join([*map(str, before), value]) if name == "access-control-expose-headers" else value
    return merged


def take(headers: dict[str, Any], name: str) -> list[Any]:
    """Remove a header from a map, in any case, and return its values as a list."""
    values = [headers.pop(own) for own in list(headers) if str(own).lower() == name]
    return [item for value in values for item in (value if isinstance(value, list) else [value])]
