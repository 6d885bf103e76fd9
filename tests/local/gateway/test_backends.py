"""Servers that requests are passed on to."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .conftest import run
from .test_authorizers import HOSTS, policy

ALLOWED = {"X-Answer": json.dumps(policy(("Allow", "*"), user="ada"))}
BYTES = bytes(range(256)) * 4096


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        seen = {"method": self.command, "target": self.path, "headers": self.headers.items(), "body": len(body)}
        sent = gzip.compress(json.dumps(seen).encode()) if "gzip" in self.path else body or json.dumps(seen).encode()
        self.send_response(302 if "elsewhere" in self.path else 200)
        self.send_header("Content-Length", str(len(sent)))
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        if "gzip" in self.path:
            self.send_header("Content-Encoding", "gzip")
        if "elsewhere" in self.path:
            self.send_header("Location", "/somewhere?a=%20b")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)

    do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815 - the names of http.server's

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def app():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield from run("guarded", HOSTS, parameters={"BackendUrl": f"http://127.0.0.1:{server.server_port}"})
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["/live/rest", "/http"])
def backend(request):
    return f"{request.param}/backend"


def test_a_request_arrives_as_it_was_sent(app, backend):
    seen = app.client.get(f"{backend}/a%20b/c?q=a%20b&q=%2F&bare", headers={**ALLOWED, "X-One": "1"}).json()

    assert (seen["method"], seen["target"]) == ("GET", "/inner/a%20b/c?q=a%20b&q=%2F&bare")
    headers = {name.lower(): value for name, value in seen["headers"]}
    assert headers["x-one"] == "1"
    assert headers["host"].startswith("127.0.0.1:")
    assert headers["user-agent"] == app.client.headers["user-agent"]


def test_it_is_told_what_the_authorizer_says_and_nothing_in_its_place(app, backend):
    def told(**context):
        answer = json.dumps(policy(("Allow", "*"), **context))
        seen = app.client.get(f"{backend}/x", headers={"X-Answer": answer, "X-User": "mallory"}).json()
        return [value for name, value in seen["headers"] if name.lower() == "x-user"]

    assert told(user="ada") == ["ada"]
    assert told() == []


def test_a_mapping_names_the_host_and_an_http_api_takes_headers_out(app, backend):
    seen = app.client.get(f"{backend}/x", headers={**ALLOWED, "Cookie": "a=1", "Host": "shop.example:3000"}).json()

    is_rest = backend.startswith("/live/rest")
    headers = {name.lower(): value for name, value in seen["headers"]}
    assert headers["x-host"] == ("shop.example" if is_rest else HOSTS["/http/"])
    assert headers.get("cookie") == ("a=1" if is_rest else None)


def test_a_rest_api_without_binary_media_types_passes_on_text(app):
    assert app.client.post("/plain/text/x", content=BYTES).content == BYTES.decode(errors="replace").encode() != BYTES
    assert app.client.post("/plain/text/x", content="☃".encode()).text == "☃"


def test_a_header_outside_ascii_arrives_byte_for_byte(app, backend):
    name = "caf\xe9".encode("latin-1")
    sent = [*ALLOWED.items(), (b"cookie", b"name=" + name), (b"x-name", name)]
    headers = dict(app.client.get(f"{backend}/x", headers=sent).json()["headers"])
    assert headers["x-name"] == "caf\xe9"
    # The HTTP API takes cookies out.
    assert headers.get("cookie") == ("name=caf\xe9" if backend.startswith("/live/rest") else None)


def test_which_way_a_request_has_come_is_the_gateways_to_say(app, backend):
    lies = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "Forwarded": "for=203.0.113.9"}
    headers = app.client.get(f"{backend}/x", headers={**ALLOWED, **lies}).json()["headers"]
    told = {name.lower(): value for name, value in headers if "forwarded" in name.lower()}
    assert told == {
        "x-forwarded-for": told["x-forwarded-for"],
        "x-forwarded-port": str(app.client.base_url.port),
        "x-forwarded-proto": "http",
    }
    assert told["x-forwarded-for"] in {"127.0.0.1", "::1"}


def test_an_answer_has_one_date_and_head_the_length_of_the_body(app, backend):
    answer = app.client.get(f"{backend}/x", headers=ALLOWED)
    assert len(answer.headers.get_list("date")) == 1
    head = app.client.head(f"{backend}/x", headers=ALLOWED)
    assert int(head.headers["content-length"]) > 100
    assert head.content == b""


def test_bodies_go_both_ways_byte_for_byte(app, backend):
    assert app.client.post(f"{backend}/x", content=BYTES, headers=ALLOWED).content == BYTES


def test_an_answer_comes_as_it_was_given(app, backend):
    with app.client.stream("GET", f"{backend}/gzip", headers=ALLOWED) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(raw))["target"] == "/inner/gzip"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_redirect_is_the_browsers_to_follow(app, backend):
    answer = app.client.get(f"{backend}/elsewhere", headers=ALLOWED)

    assert (answer.status_code, answer.headers["location"]) == (302, "/somewhere?a=%20b")


def test_who_is_turned_away_does_not_arrive(app):
    denied = {"X-Answer": json.dumps(policy(("Deny", "*"), location="/refresh-session"))}

    assert app.client.get("/live/rest/backend/x", headers=denied).headers["location"] == "/refresh-session"
    assert app.client.get("/http/backend/x", headers=denied).status_code == 403


def test_the_integration_names_the_method_and_a_route_can_do_without_an_authorizer(app):
    assert app.client.post("/live/rest/open/x").json()["method"] == "PUT"
    assert app.client.get("/live/rest/open/x").status_code == 403


def test_a_mock_is_answered_by_the_gateway(app):
    answer = app.client.get("/live/rest/mock")
    assert (answer.status_code, answer.headers["x-mock"], answer.content) == (202, "yes", b"")


def test_an_integration_that_leads_into_the_cloud_is_told(app):
    answer = app.client.get("/live/rest/queue")
    reason = "its integration of type aws leads to something in the cloud"
    assert (answer.status_code, answer.json()) == (501, {"message": f"Not available on this machine: {reason}"})
    assert f"answered with 501: {reason}" in app.output.getvalue()


def test_a_server_that_is_not_there_is_told_of():
    for app in run("guarded", HOSTS):
        answers = [app.client.get(f"{api}/backend/x", headers=ALLOWED) for api in ("/live/rest", "/http")]
        assert [answer.status_code for answer in answers] == [504, 503]
        assert "ConnectError at http://127.0.0.1:9/inner/{proxy}" in app.said("GET /live/rest/backend/x")


def test_routes_are_shown_with_what_is_behind_them(app):
    shown = app.said(r"ANY /live/rest/backend/\{proxy\+\}")

    assert shown.split()[2].endswith("/inner/{proxy}")
    assert shown.strip().endswith("(rest-api, stage live)  behind Authorizer")
