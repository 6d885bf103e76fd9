from dataclasses import replace

import pytest

from supertokens_lambda_local.gateway.request import HttpRequest
from supertokens_lambda_local.gateway.routing import Match, Router
from supertokens_lambda_local.template.api_model import Route


def http_api(key, stage="$default", event_source="http-api-2.0", api="Web"):
    method, _, path = key.rpartition(" ")
    return Route(method or "ANY", path, event_source, stage, key, api=api)


def rest_api(key, stage="Prod", api="Rest"):
    return http_api(key, stage, "rest-api", api)


def found(routes, request_line, host="localhost"):
    method, path = request_line.split(" ", 1)
    match = Router(routes).match(HttpRequest(method, path, host=host))
    return match and match.route.key


def matched(routes, path):
    match = Router(routes).match(HttpRequest("GET", path))
    assert match
    return match


# The example of "Create routes for HTTP APIs in API Gateway", and more of each kind.
PETS = [
    http_api(key)
    for key in (
        "$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1", "ANY /pets/dog/2",
        "GET /pets/dog/2", "POST /pets/cat/{id}", "GET /", "GET /pets/{kind}/{id}/toys",
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("request_line", "key"),
    [
        ("GET /pets/dog/1", "GET /pets/dog/1"),
        ("GET /pets/dog/2", "GET /pets/dog/2"),
        ("PUT /pets/dog/2", "ANY /pets/dog/2"),
        ("GET /pets/dog/3", "GET /pets/dog/{id}"),
        ("GET /pets/cat/1", "GET /pets/{proxy+}"),
        ("POST /pets/cat/1", "POST /pets/cat/{id}"),
        ("GET /pets/cat/1/toys", "GET /pets/{kind}/{id}/toys"),
        ("POST /test/5", "ANY /{proxy+}"),
        ("POST /pets/dog/1", "ANY /{proxy+}"),
        ("HEAD /pets/dog/1", "ANY /{proxy+}"),
        ("GET /", "GET /"),
        ("POST /", "$default"),
        ("GET /pets/dog/1/", "GET /pets/dog/1"),
        ("GET /pets/", "ANY /{proxy+}"),
        ("GET //", "$default"),
        ("GET /pets//", "ANY /{proxy+}"),
        ("GET /p%65ts/dog%2F1", "GET /pets/dog/1"),
        ("GET /pets/dog/1%3F/2", "GET /pets/dog/1"),
    ],
)
def test_the_most_specific_route_wins(request_line, key):
    assert found(PETS, request_line) == key
    assert found(PETS[::-1], request_line) == key


def test_a_route_that_is_not_there():
    routes = [http_api("GET /a"), http_api("GET /b/{id}"), http_api("GET /c/{proxy+}")]
    for request in ("GET /", "GET /a/b", "HEAD /a", "GET /b", "GET /b//", "GET /c", "GET /c/", "GET //a", "GET /A"):
        assert found(routes, request) is None


def test_path_parameters_of_an_http_api_are_decoded():
    routes = [http_api("GET /a/{id}"), http_api("GET /b/{id}/{rest+}")]
    assert matched(routes, "/a/x%20%C3%A9+y").path_parameters == {"id": "x é+y"}
    assert matched(routes, "/b/1/2%2F3//4/").path_parameters == {"id": "1", "rest": "2/3//4"}


def test_path_parameters_of_a_rest_api_stay_encoded():
    match = matched([rest_api("GET /a/{id}")], "/Prod/a/x%2Fy%20")
    assert match.path_parameters == {"id": "x%2Fy%20"}
    assert match.path == "/a/x%2Fy%20"


def test_a_rest_api_does_not_look_for_a_method_elsewhere():
    routes = [rest_api("GET /a"), rest_api("ANY /{proxy+}")]
    assert found(routes, "GET /Prod/a") == "GET /a"
    assert found(routes, "POST /Prod/a") is None
    assert found(routes, "POST /Prod/b") == "ANY /{proxy+}"


def test_a_named_stage_is_in_the_path():
    routes = [http_api("GET /a", "live"), http_api("GET /", "live"), http_api("GET /live")]
    assert found(routes, "GET /live/a") == "GET /a"
    assert found(routes, "GET /a") is None
    assert found(routes, "GET /live") == found(routes, "GET /live/") == "GET /"
    assert found(routes, "GET /liver/a") is None
    assert found([rest_api("GET /r"), rest_api("GET /Prod")], "GET /Prod/r") == "GET /r"
    assert found([rest_api("GET /r"), rest_api("GET /Prod")], "GET /Prod/Prod") == "GET /Prod"
    assert found([rest_api("GET /r"), rest_api("GET /Prod")], "GET /r") is None


def test_a_stage_that_a_custom_domain_is_mapped_to_may_be_left_out():
    routes = [replace(rest_api("GET /r"), at_domain=True), rest_api("GET /other", "beta")]
    assert found(routes, "GET /r") == found(routes, "GET /Prod/r") == "GET /r"
    assert found(routes, "GET /other") is None


def test_each_api_has_a_host_and_the_first_any_other():
    routes = [http_api("GET /"), http_api("GET /", api="Admin"), rest_api("GET /r", api="Inner/Rest")]
    router = Router(routes)
    hosts = ("localhost", "127.0.0.1", "web.localhost", "ADMIN.localhost")
    assert [router.api_of(HttpRequest("GET", "/", host=host)) for host in hosts] == ["Web", "Web", "Web", "Admin"]
    assert found(routes, "GET /Prod/r", "inner-rest.localhost") == "GET /r"
    assert found(routes, "GET /Prod/r") is None


def test_a_functions_own_url_is_found_by_its_host():
    url = Route("ANY", "$default", "function-url", "$default", "Page")
    router = Router([url, http_api("GET /a"), rest_api("GET /r")])

    for method, path in (("GET", "/a"), ("PUT", "/Prod/r"), ("GET", "/%2F")):
        match = router.match(HttpRequest(method, path, host="Page.Lambda-URL.localhost"))
        assert match == Match(url, path, {})
    other = router.match(HttpRequest("GET", "/a", host="other.lambda-url.localhost"))
    assert other
    assert other.route.key == "GET /a"
    assert Router([url]).match(HttpRequest("GET", "/a")) is None
    assert not Router([url]).refuses_as_rest(HttpRequest("GET", "/a"))


def test_which_api_refuses():
    both = Router([http_api("GET /a"), rest_api("GET /r")])
    assert both.refuses_as_rest(HttpRequest("GET", "/Prod/x", host="rest.localhost"))
    assert not both.refuses_as_rest(HttpRequest("GET", "/x"))
    assert Router([rest_api("GET /r")]).refuses_as_rest(HttpRequest("GET", "/x"))
    assert not Router([http_api("GET /r", "live")]).refuses_as_rest(HttpRequest("GET", "/live/x"))
