"""Which requests `SessionMiddleware` guards: those at guarded paths, or all except those at public paths."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from supertokens_lambda._errors import SuperTokensLambdaError
from supertokens_lambda._http.paths import canonical, canonical_with_case, is_below, plain, readings
from supertokens_lambda._runtime import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from supertokens_lambda._http.paths import Path

    Form = Callable[[str], Path | None]
    Decision = Callable[["RequestPath"], bool]

_MAX_WRAPPERS = 64  # attributes named `app` may form a circle


class UnreadablePathError(SuperTokensLambdaError, ValueError):
    """A path that is missing, or that applications may read in different ways."""


class RequestPath:
    """The path of a request, in each way that an application may read it.

    A server passes the path decoded and, in most cases, also as it was sent. A framework removes the prefix of the
    deployment and routes the rest. The prefix comes from the server, the settings, or the framework's configuration.

    Raises
    ------
    UnreadablePathError
        The scope has no path, or one that is not UTF-8.
    """

    def __init__(self, scope: Mapping[str, Any], app: object) -> None:
        path, root_path = scope.get("path"), scope.get("root_path") or ""
        if not (isinstance(path, str) and isinstance(root_path, str)):
            raise UnreadablePathError
        try:
            self._raw_path: str = (scope.get("raw_path") or b"").decode()
        except (AttributeError, UnicodeError):
            raise UnreadablePathError from None
        self._path = path
        # Django and a2wsgi remove these prefixes even if they end within a segment.
        self._cut_anywhere = [prefix for prefix in (root_path, _script_name()) if prefix]
        prefixes = {*self._cut_anywhere, current().settings.api_gateway_path, *_root_paths(app)}
        self._prefixes = [f"/{prefix.strip('/')}" for prefix in sorted(prefixes) if prefix.strip("/")]

    @property
    def ends_with_slash(self) -> bool:
        """Whether the path ends with a slash, which no canonical form does."""
        return self._path.endswith("/")

    def loose(self, form: Form) -> Iterator[Path]:
        """Yield each path that an application may read, in the given form."""
        # The raw path comes first: if it is too long, the other readings are not computed.
        for text in filter(None, (self._raw_path, self._path)):
            # A URL parser takes the first segment after two slashes for a host.
            without_host = [f"/{text[2:].partition('/')[2]}"] if text.startswith("//") else []
            for spelling in (text, *without_host, *self._cut(text)):
                yield from (path for path, _ in self._less_prefixes(form(spelling), form))

    def strict(self) -> Iterator[Path]:
        """Yield each path that a route may receive, as it is spelled, without all prefixes."""
        if self._raw_path:
            yield from self._innermost(plain(self._raw_path, is_encoded=True))
        for text in (self._path, *self._cut(self._path)):
            yield from self._innermost(plain(text))

    def _innermost(self, path: Path | None) -> Iterator[Path]:
        found = self._less_prefixes(path, canonical_with_case)
        return (path for path, is_innermost in found if is_innermost)

    def _cut(self, text: str) -> Iterator[str]:
        for prefix in self._cut_anywhere:
            rest = text.removeprefix(prefix)
            if rest != text and not (prefix.endswith("/") or rest.startswith("/")):
                yield f"/{rest}"

    def _less_prefixes(self, path: Path | None, form: Form) -> Iterator[tuple[Path, bool]]:
        prefixes = [form(prefix) for prefix in self._prefixes]
        if path is None or None in prefixes:
            raise UnreadablePathError
        return readings(path, [prefix for prefix in prefixes if prefix])


def decision(guarded: Iterable[str] | Callable[[str], bool] | None, public: Iterable[str] | None) -> Decision:
    """Return the function that decides whether a request is guarded.

    Raises
    ------
    TypeError, ValueError
        Both or neither of the two are given, or a path cannot be matched.
    """
    if public is not None and guarded is None:
        return _all_but(_listed("public", public))
    if guarded is None or public is not None:
        raise TypeError("SessionMiddleware needs either guarded or public; pass exactly one of them")
    return _by_function(guarded) if callable(guarded) else _below(_listed("guarded", guarded))


def is_guarded(scope: Mapping[str, Any], app: object, decide: Decision) -> bool:
    """Check whether a request is guarded; a request with an unreadable path is."""
    try:
        return decide(RequestPath(scope, app))
    except UnreadablePathError:
        return True


def wrapped(app: object) -> Iterator[object]:
    """Yield an application and the applications that it wraps, by their attributes `app`."""
    for _ in range(_MAX_WRAPPERS):
        yield app
        app = getattr(app, "app", None)
        if app is None:
            return


def _below(guarded: list[str]) -> Decision:
    parents = []
    for path in guarded:
        found = canonical(path)
        if found is None or (not found and path.strip("/")):
            raise ValueError(f"guarded path {path!r} has no canonical form; write it as the route does")
        parents.append(found)
    return lambda path: any(is_below(reading, parents) for reading in path.loose(canonical))


def _by_function(function: Callable[[str], bool]) -> Decision:
    def decide(path: RequestPath) -> bool:
        found = {"/" + "/".join(reading) for form in (canonical, canonical_with_case) for reading in path.loose(form)}
        ended = {f"{reading}/" for reading in found if path.ends_with_slash and reading != "/"}
        return any(function(reading) for reading in sorted(found | ended))

    return decide


def _all_but(public: list[str]) -> Decision:
    home = "/" in public
    parents = []
    for path in public:
        found = plain(path)
        if found is None:
            raise ValueError(f"public path {path!r} is not in canonical form; write it decoded, as the route does")
        if found:
            parents.append(found)

    def decide(path: RequestPath) -> bool:
        return not all(is_below(reading, parents) if reading else home for reading in path.strict())

    return decide


def _listed(name: str, paths: Iterable[str]) -> list[str]:
    if isinstance(paths, str | bytes) or callable(paths):
        raise TypeError(f"{name} must be a list of paths, got a {type(paths).__name__}; put the path into a list")
    listed = list(paths)
    if not all(isinstance(path, str) for path in listed):
        raise TypeError(f"{name} must contain only strings; write each path as a string")
    if not all(path.startswith("/") for path in listed):
        raise ValueError(f"a path in {name} does not begin with a slash; write it as the route does")
    return listed


def _script_name() -> str:
    """Return the prefix that Django removes, if Django is loaded and configured."""
    django = sys.modules.get("django.conf")
    if django is None or not django.settings.configured:
        return ""
    return str(django.settings.FORCE_SCRIPT_NAME or "")


def _root_paths(app: object) -> set[str]:
    """Return the prefixes that wrapped applications set as `root_path`, like FastAPI."""
    # Flask and Quart, which have an import name, use this attribute for a folder.
    found = (getattr(one, "root_path", None) for one in wrapped(app) if not hasattr(one, "import_name"))
    return {root_path for root_path in found if isinstance(root_path, str)}
