"""Applications behind real HTTP."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

APPS = __file__.rpartition("/")[0] + "/apps"


def raw(app, request):
    """Send bytes, and give all that comes back."""
    address = urlsplit(app.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def get(app, target, *headers):
    lines = [f"GET {target} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    return raw(app, "\r\n".join(lines).encode("latin-1"))


def test_an_event_is_what_was_sent(http_api):
    event = http_api.client.post(
        "/some/where?a=1&a=%32", content="{}", headers={"Content-Type": "application/json"}
    ).json()
    assert event["rawPath"] == "/some/where"
    assert event["rawQueryString"] == "a=1&a=%32"
    assert event["queryStringParameters"] == {"a": "1,2"}
    assert event["body"] == "{}"
    assert event["requestContext"]["http"]["sourceIp"] in {"127.0.0.1", "::1"}
    assert event["headers"]["x-forwarded-port"] == str(httpx.URL(http_api.url).port)
    assert event["requestContext"]["domainName"] == "localhost"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/a%2Fb", "/a/b", ""),
        ("//evil.example//x", "//evil.example//x", ""),
        ("/a%3Fb=c/d?e=%2F?f", "/a", "e=%2F?f"),
        ("/a/../b/./c", "/a/../b/./c", ""),
        ("/%E2%82%AC%20+?", "/€ +", ""),
        ("/?%zz&=&", "/", "%zz&=&"),
    ],
)
def test_a_path_is_as_aws_hands_it_over(http_api, target, path, query):
    body = get(http_api, target).partition(b"\r\n\r\n")[2]
    event = httpx.Response(200, content=body).json()
    assert event["rawPath"] == event["requestContext"]["http"]["path"] == path
    assert event["rawQueryString"] == query


def test_cookies_come_in_as_a_list(http_api):
    body = get(http_api, "/", 'Cookie: a=1; b="2"', "X: 1", "cookie: a=3", "X: 2").partition(b"\r\n\r\n")[2]
    event = httpx.Response(200, content=body).json()
    assert event["cookies"] == ["a=1", 'b="2"', "a=3"]
    assert "cookie" not in event["headers"]
    assert event["headers"]["x"] == "1,2"


def test_a_body_in_chunks(http_api):
    event = http_api.client.post("/", content=iter([b"\x00", b"\xff"])).json()
    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)
    assert event["headers"]["content-length"] == "2"
    assert "transfer-encoding" not in event["headers"]


def test_several_cookies_go_out(http_api):
    response = http_api.client.get("/answers/cookies")
    assert response.status_code == 204
    assert response.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; HttpOnly"]
    assert "content-length" not in response.headers


def test_a_binary_response(http_api):
    response = http_api.client.get("/answers/binary")
    assert response.headers["content-type"] == "image/png"
    assert response.content == bytes(range(256))


def test_a_redirect(http_api):
    response = http_api.client.get("/answers/redirect")
    assert (response.status_code, response.headers["location"]) == (302, "/elsewhere?a=%20")


def test_head_takes_a_route_of_its_own(http_api, mixed):
    response = http_api.client.head("/answers/binary")
    assert (response.status_code, response.content, response.headers["content-length"]) == (200, b"", "256")
    assert mixed.client.head("/live/modern/x").status_code == 200
    assert mixed.client.head("/live/format-1").status_code == 404


def test_what_a_function_sees_of_the_machine(http_api):
    seen = http_api.client.get("/inside").json()
    environment = seen["environment"]
    assert environment["GREETING"] == "Hello"
    assert environment["OWN"] == "yes"
    assert environment["SUPERTOKENS_API_DOMAIN"] == environment["SUPERTOKENS_WEBSITE_DOMAIN"] == http_api.url
    assert environment["SUPERTOKENS_CONNECTION_URI"] == "http://core.invalid"
    assert not {"TABLE", "SUPERTOKENS_API_KEY_PARAMETER", "PYTEST_CURRENT_TEST"} & environment.keys()
    assert seen["folder"] == seen["path"][0] == f"{APPS}/http_api"
    assert seen["context"] == {
        "aws_request_id": seen["context"]["aws_request_id"],
        "function_name": "Inside",
        "function_version": "$LATEST",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:Inside",
        "memory_limit_in_mb": "256",
        "log_group_name": "/aws/lambda/Inside",
        "log_stream_name": "local",
        "identity": None,
        "client_context": None,
    }
    assert 10_000 < seen["remaining"] <= 20_000


def test_a_process_is_used_again(http_api):
    processes = {http_api.client.get("/inside").json()["process"] for _ in range(3)}
    assert len(processes) == 1


def test_requests_at_once_have_a_process_each(http_api):
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda _: httpx.get(f"{http_api.url}/inside", timeout=60).json(), range(8)))
    assert len({each["context"]["aws_request_id"] for each in seen}) == 8
    assert len({each["process"] for each in seen}) <= 4


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("raise", r"    INFO app: about to fail\n    ValueError: no such thing\n    Traceback"),
        ("exit", r"    SystemExit: 3\n"),
        ("die", r"    Runtime\.ExitError: The function's process ended\n"),
        ("sleep", r"    Sandbox\.Timedout: Task timed out after 1\.00 seconds\n"),
        ("unserialisable", r"    Runtime\.MarshalError: Unable to marshal response: "),
        ("large", r"    Function\.ResponseSizeTooLarge: "),
        ("malformed", r"    Malformed answer: statusCode is not a number"),
    ],
)
def test_a_fault_is_told_to_the_developer_only(http_api, kind, said):
    response = http_api.client.get(f"/faults/{kind}")
    assert (response.status_code, response.json()) == (500, {"message": "Internal Server Error"})
    assert re.search(said, http_api.said(rf"GET /faults/{kind} 500 \d+ ms  Faults"))


def test_a_handler_that_is_not_there(http_api):
    for _ in range(2):
        assert http_api.client.get("/absent").status_code == 500
    assert "ModuleNotFoundError: No module named 'absent'" in http_api.said(r"GET /absent 500")


def test_after_a_timeout_the_function_works_again(http_api):
    assert http_api.client.get("/faults/sleep").status_code == 500
    http_api.client.get("/faults/raise")
    assert "ValueError" in http_api.said(r"GET /faults/raise")


def test_the_line_of_a_request(http_api):
    http_api.client.get("/answers/redirect")  # its cold start has a line of its own
    http_api.client.get("/answers/verdict?token=hidden", headers={"cookie": "s=hidden", "authorization": "hidden"})
    said = http_api.said(r"GET /answers/verdict")
    assert re.fullmatch(
        r"GET /answers/verdict\?… 302 \d+ ms  Answers  try-refresh: token-expired\n    a secret: \ufffd\[31m\n", said
    )
    assert "hidden" not in http_api.output.getvalue()


def test_headers_over_the_quota(http_api):
    response = http_api.client.get("/", headers={"x": "y" * 10_240})
    assert (response.status_code, response.json()) == (431, {"message": "Request Header Fields Too Large"})
    assert http_api.client.get("/", headers={"x": "y" * 9_000}).status_code == 200


@pytest.mark.parametrize("size", [4_800_000, 10_485_761])
def test_bodies_over_the_quota(http_api, size):
    response = http_api.client.post("/", content=b"\xff" * size)
    assert (response.status_code, response.json()) == (413, {"message": "Request Entity Too Large"})


def test_a_target_that_is_no_path(http_api):
    assert get(http_api, "http://localhost/x").startswith(b"HTTP/1.1 400 ")


def test_an_http_api_with_a_stage_and_a_layer(mixed):
    answer = mixed.client.get("/live/modern/a%20b/c").json()
    assert answer["from"] == ["layer", "layer/python"]
    assert answer["event"]["rawPath"] == "/live/modern/a b/c"
    assert answer["event"]["pathParameters"] == {"proxy": "a b/c"}
    assert answer["event"]["requestContext"]["stage"] == "live"
    assert mixed.client.get("/modern/x").status_code == 404


def test_format_1_of_an_http_api(mixed):
    response = mixed.client.get("/live/format-1?a=%20")
    event = response.json()["event"]
    assert (event["version"], event["path"], event["queryStringParameters"]) == ("1.0", "/live/format-1", {"a": " "})
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_functions_own_url(mixed):
    host = f"alone.lambda-url.localhost:{httpx.URL(mixed.url).port}"
    event = mixed.client.get("/a%2Fb?x=%20", headers={"Host": host}).json()["event"]
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/a%2Fb", "x=%20")
    assert event["requestContext"]["domainName"] == "alone.lambda-url.localhost"


def test_a_rest_api_beside_it(mixed):
    response = mixed.client.get("/Prod/classic/a%2Fb?x=1")
    event = response.json()["event"]
    assert event["path"] == "/classic/a%2Fb"
    assert event["requestContext"]["path"] == "/Prod/classic/a%2Fb"
    assert event["requestContext"]["stage"] == "Prod"
    assert event["pathParameters"] == {"proxy": "a%2Fb"}
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_the_refusals_of_a_rest_api(mixed):
    assert mixed.client.get("/Prod/nothing").status_code == 403
    assert mixed.client.get("/Prod/nothing").json() == {"message": "Missing Authentication Token"}
    assert mixed.client.get("/Prod/cookies").status_code == 502
    assert mixed.client.get("/Prod/cookies").json() == {"message": "Internal server error"}
    response = mixed.client.post("/Prod/classic/x", content=b"x" * 6_300_000)
    assert (response.status_code, response.json()) == (413, {"message": "Request Too Long"})


@pytest.mark.parametrize("path", ["/nothing", "/live/nothing", "/live/modern"])
def test_the_refusal_of_an_http_api(mixed, path):
    response = mixed.client.get(path)
    assert (response.status_code, response.json()) == (404, {"message": "Not Found"})
    assert re.fullmatch(rf"GET {path} 404 \d+ ms\n", mixed.said(f"GET {path} "))


def test_an_answer_is_not_held_back(http_api):
    """Nagle's algorithm and a delayed acknowledgement together take 40 ms on a connection that is kept."""
    http_api.client.get("/")
    elapsed = [http_api.client.get("/").elapsed.total_seconds() for _ in range(20)]
    assert min(elapsed) < 0.03
