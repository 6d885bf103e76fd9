"""Events as AWS documents them ("documented"), as SAM CLI makes them ("generated"), and as the local gateway does."""

import json
from pathlib import Path

import pytest

from supertokens_lambda._http.event_sources import event_source_of

EVENTS = Path(__file__).parents[2] / "events"
PAGE_QUERY = "tab=a%20b&tab=c&empty=&plus=1%201&bare="
EVENT_SOURCES = {
    "alb": "SingleValueAlb",
    "alb-multi-value": "Alb",
    "function-url": "FunctionUrl",
    "http-api-1.0": "HttpApi1",
    "http-api-2.0": "HttpApi",
    "lattice": "Lattice",
    "rest-api": "RestApi",
}
READ = {
    "alb/documented": ("GET", "/?myKey=val2", "name2=value2", b"request_body"),
    "alb/generated": ("POST", "/path/to/resource?query=1234ABCD", "", b'{"test":"body"}'),
    "alb/health-check": ("GET", "/", "", b""),
    "alb-multi-value/documented": ("GET", "/?myKey=val1&myKey=val2", "name1=value1; name2=value2", b"request_body"),
    "function-url/documented": (
        "POST",
        "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
        "cookie1; cookie2",
        b"Hello from client!",
    ),
    "function-url/page": (
        "GET",
        "/live/pets/dogs%20%26%20cats?tab=a%20b&tab=c&empty=&plus=1+1&bare",
        "session=abc=; theme=dark; session=second",
        b"",
    ),
    "http-api-1.0/documented": (
        "GET",
        "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
        "",
        b"Hello from Lambda!",
    ),
    "http-api-1.0/page": (
        "GET",
        f"/live/pets/dogs%20&%20cats?{PAGE_QUERY}",
        "session=abc=; theme=dark; session=second",
        b"",
    ),
    "http-api-2.0/documented": (
        "POST",
        "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
        "cookie1; cookie2",
        b"Hello from Lambda",
    ),
    "http-api-2.0/form": ("POST", "/auth", "", b"email=a%40b.com"),
    "http-api-2.0/generated": (
        "POST",
        "/path/to/resource?parameter1=value1&parameter1=value2&parameter2=value",
        "cookie1; cookie2",
        b'{"test":"body"}',
    ),
    "http-api-2.0/page": (
        "GET",
        "/live/pets/dogs%20&%20cats?tab=a%20b&tab=c&empty=&plus=1+1&bare",
        "session=abc=; theme=dark; session=second",
        b"",
    ),
    "lattice/documented": ("GET", "/?QS1=value1&QS1=value2", "name1=value1; name2=value2", b"request-body"),
    "rest-api/form": ("POST", "/auth", "", b"email=a%40b.com"),
    "rest-api/generated": ("POST", "/prod/path/to/resource?foo=bar", "", b'{"test":"body"}'),
    "rest-api/page": (
        "GET",
        f"/live/pets/dogs%20%26%20cats?{PAGE_QUERY}",
        "session=abc=; theme=dark; session=second",
        b"",
    ),
}
FILES = sorted(str(file.relative_to(EVENTS).with_suffix("")) for file in EVENTS.rglob("*.json"))


def test_every_file_is_read():
    assert {*FILES} == READ.keys()


@pytest.mark.parametrize("file", FILES)
def test_an_event_is_read_by_its_event_source(file):
    event = json.loads((EVENTS / f"{file}.json").read_text())

    event_source = event_source_of(event)
    assert event_source is not None
    request = event_source.request(event, "")

    assert type(event_source).__name__ == EVENT_SOURCES[file.partition("/")[0]]
    assert (request.method, request.target, request.cookies.header, request.body) == READ[file]
