"""What `SessionMiddleware` is told of paths, and what it makes of a scope."""

import asyncio
from typing import Any

import pytest

from supertokens_lambda.asgi import SessionMiddleware
from supertokens_lambda.asgi._guarded_paths import decision, is_guarded, wrapped

from .spellings import MARKER, ask, scope_of


@pytest.fixture(autouse=True)
def started(toolkit):
    return toolkit


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": MARKER.encode()})


def guards(target, *, guarded=None, public=None, behind=app, **more):
    return is_guarded(scope_of(target, **more), behind, decision(guarded, public))


class TestSettings:
    @pytest.mark.parametrize("given", [{}, {"guarded": ["/a"], "public": ["/b"]}, {"guarded": [], "public": []}])
    def test_exactly_one_is_needed(self, given):
        with pytest.raises(TypeError, match="exactly one"):
            SessionMiddleware(app, **given)

    @pytest.mark.parametrize("name", ["guarded", "public"])
    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            ("/reports", TypeError, "must be a list of paths"),
            (b"/reports", TypeError, "must be a list of paths"),
            ([b"/reports"], TypeError, "must contain only strings"),
            (["reports"], ValueError, "does not begin with a slash"),
            ([""], ValueError, "does not begin with a slash"),
        ],
    )
    def test_each_is_a_list_of_paths(self, name: str, given: Any, error, message):
        options: dict[str, Any] = {name: given}

        with pytest.raises(error, match=f"{name}.* {message}|{message}"):
            SessionMiddleware(app, **options)

    def test_no_function_says_what_is_public(self):
        with pytest.raises(TypeError, match="public must be a list of paths"):
            SessionMiddleware(app, public=lambda path: True)  # type: ignore[arg-type]  # as a user may

    @pytest.mark.parametrize("path", ["/a/../b", "/a\n", "/%FF", "/;", "/..."])
    def test_a_guarded_path_that_nothing_could_match_is_refused(self, path):
        with pytest.raises(ValueError, match="canonical form"):
            SessionMiddleware(app, guarded=[path])

    @pytest.mark.parametrize("path", ["//a", "/a/../b", "/caf%C3%A9", "/;/a", "/a\n", "/a/."])
    def test_so_is_a_public_path_that_is_not_plain(self, path):
        with pytest.raises(ValueError, match="write it decoded"):
            SessionMiddleware(app, public=[path])


class TestGuarded:
    @pytest.mark.parametrize(
        "target",
        [
            "/",
            "/accounting",
            "/account-settings",
            "/account.json",
            "/blog/account",
            "/my/account/",
            "/accoun",
            "/acco%75nting",
            "/about?next=/account",
            "/a%20b/account",
            "/caf%C3%A9",
            "/100%25",
            "/ACCOUNTING",
            "/account's",
            "/%40account",
            "/;/x",
        ],
    )
    def test_other_pages_are_open(self, target):
        assert not guards(target, guarded=["/account"])

    @pytest.mark.parametrize("target", ["/about/../x", "/x%0A", "/x%00", "/%FF", "x", "*", "/" + "a" * 20_000])
    def test_what_has_no_canonical_form_is_guarded(self, target):
        assert guards(target, guarded=["/account"])
        assert guards(target, guarded=lambda path: False)
        assert guards(target, public=["/about", "/x"])

    def test_no_paths_guard_nothing_that_is_plain(self):
        assert not guards("/account", guarded=[])

    def test_the_root_is_everything(self):
        assert all(guards(target, guarded=["/"]) for target in ("/", "/x", "//", "x", "/%0A"))

    def test_a_path_may_be_given_in_any_spelling(self):
        assert guards("/café/x", guarded=["/Caf%C3%A9/"])


class TestAFunction:
    def test_gets_the_canonical_path_and_the_one_with_case(self):
        seen: list[str] = []

        assert not guards("//Reports/./A%2541;x/?y", guarded=seen.append)
        assert {*seen} == {"/reports/aa", "/reports/aa/", "/Reports/AA", "/Reports/AA/", "/aa", "/aa/", "/AA", "/AA/"}

    def test_gets_the_path_with_and_without_prefixes(self):
        seen: list[str] = []

        assert not guards("/x", root_path="/dev", guarded=seen.append)
        assert {*seen} == {"/dev/x", "/x"}

    def test_that_fails_lets_nobody_in(self):
        with pytest.raises(ZeroDivisionError):
            guards("/x", guarded=lambda path: 1 / 0)

    @pytest.mark.parametrize("target", ["/Reports", "//Reports", "/reports/", "/x/Reports.pdf"])
    def test_guards_what_it_returns_true_for(self, target):
        def function(path):
            return path.startswith(("/Reports", "/reports/")) or path.endswith(".pdf")

        assert guards(target, guarded=function)
        assert not guards("/x", guarded=function)


class TestPublic:
    PUBLIC = ("/", "/about", "/static/", "/café")

    @pytest.mark.parametrize(
        "target",
        [
            "/",
            "/?x",
            "/about",
            "/about/",
            "/about/us",
            "/ab%6Fut",
            "/static/Logo@2x.PNG",
            "/static/x;y",
            "/static/c%23",
            "/about/etc.",
            "/static/%C3%BC%20b.css",
            "/caf%C3%A9",
        ],
    )
    def test_what_is_listed_is_open(self, target):
        assert not guards(target, public=self.PUBLIC)

    @pytest.mark.parametrize(
        "target",
        [
            "/account",
            "/About",
            "/aboutus",
            "//",
            "/.",
            "//about",
            "/about//",
            "/about/./x",
            "/about/../account",
            "/about%2Fx",
            "/static/..%2Faccount",
            "/static/%2e%2e/account",
            "/about;x",
            "/about%20",
            "/about.",
            "/static;x/y",
            "/static/;x/y",
            "/static/..;/account",
            "/static/%0A",
            "/static/%2561",
            "/x",
            "/favicon.ico",
        ],
    )
    def test_all_else_is_guarded(self, target):
        assert guards(target, public=self.PUBLIC)

    def test_nothing_listed_is_nothing_open(self):
        assert guards("/", public=[])
        assert guards("/", public=["/about"])

    def test_the_home_page_is_one_page(self):
        assert not guards("/", public=["/"])
        assert guards("/x", public=["/"])
        assert not guards("/", public=["/"], root_path="/dev")
        assert not guards("", public=["/"], root_path="/dev")

    def test_prefixes_do_not_count(self, toolkit):
        assert not guards("/about", public=["/about"], root_path="/dev")
        assert guards("/account", public=["/about"], root_path="/dev")
        toolkit(API_GATEWAY_PATH="/stage")
        assert not guards("/stage/about", public=["/about"])
        assert guards("/stage/account", public=["/about"])

    def test_a_public_path_that_is_called_like_a_prefix_opens_nothing_else(self):
        assert not guards("/dev/account", public=["/dev"])
        assert guards("/account", public=["/dev"], root_path="/dev")
        assert not guards("/dev/tools", public=["/dev"], root_path="/dev")

    def test_the_path_and_what_was_sent_have_to_agree(self):
        assert guards("/about", public=["/about"], path="/account")
        assert guards("/about", public=["/about"], raw_path=b"/account")
        assert guards("/about", guarded=["/account"], path="/account")
        assert guards("/about", guarded=["/account"], raw_path=b"/account")
        assert not guards("/about", public=["/about"], raw_path=b"")


class TestPrefixes:
    def test_a_framework_s_own_root_path_is_found_behind_wrappers(self):
        class Wrapper:
            def __init__(self, app):
                self.app = app

        class Framework:
            root_path = "/dev/"

        assert guards("/dev//account", guarded=["/account"], behind=Wrapper(Wrapper(Framework())))
        assert guards("/DEV/account", guarded=["/account"], behind=Framework())
        assert not guards("/dev//account", guarded=["/account"], behind=Wrapper(app))

    def test_a_folder_is_no_prefix(self):
        from flask import Flask

        assert not guards("/srv/account", guarded=["/account"], behind=Flask("app", root_path="/srv"))

    def test_an_object_that_has_everything_ends(self):
        class Endless:
            def __getattr__(self, name):
                return Endless()

        assert 1 < len([*wrapped(Endless())]) < 100

    def test_several_prefixes_are_cut_in_any_order(self, toolkit):
        toolkit(API_GATEWAY_PATH="/stage")
        for path in ("/account", "/stage/account", "/dev/account", "/stage/dev/account", "/dev/stage/account"):
            assert guards(path, guarded=["/account"], root_path="/dev", path=path)
        assert not guards("/x/account", guarded=["/account"], root_path="/dev")


class TestOddScopes:
    ODD = (
        {"path": None},
        {"path": b"/about"},
        {"path": 1},
        {"raw_path": "/about"},
        {"raw_path": b"\xff"},
        {"root_path": b"/"},
        {"root_path": "/a/../b"},
        {"root_path": 7},
    )

    @pytest.mark.parametrize("odd", ODD, ids=str)
    @pytest.mark.parametrize("kind", ["http", "websocket"])
    @pytest.mark.parametrize(
        "way", [{"guarded": ["/account"]}, {"public": ["/about"]}, {"guarded": lambda path: False}]
    )
    def test_are_guarded(self, odd, kind, way):
        scope = scope_of("/about") | {"type": kind} | odd

        assert not asyncio.run(ask(SessionMiddleware(app, **way), scope)).is_open

    @pytest.mark.parametrize("missing", ["path", "method", "headers", "type"])
    @pytest.mark.parametrize("kind", ["http", "websocket"])
    def test_so_are_those_that_lack_something(self, missing, kind):
        scope = scope_of("/account") | {"type": kind}
        del scope[missing]

        assert not asyncio.run(ask(SessionMiddleware(app, guarded=["/account"]), scope)).is_open

    def test_a_websocket_has_spellings_too(self):
        async def connect(target, **given):
            sent = []

            async def receive():
                raise AssertionError("nothing is received")

            async def send(message):
                sent.append(message)

            await SessionMiddleware(app, **given)(scope_of(target) | {"type": "websocket"}, receive, send)
            return sent

        for target in ("/account", "//account", "/account%0A", "/ACCOUNT", "account"):
            for given in ({"guarded": ["/account"]}, {"public": ["/about"]}):
                assert asyncio.run(connect(target, **given)) == [{"type": "websocket.close", "code": 1008}]
