"""An ASGI application behind every door: the same visits as the plain decorator's handlers get."""

from supertokens_lambda.asgi import SessionMiddleware
from supertokens_lambda.asgi_handler import asgi_handler

from . import test_doors


class Asgi:
    """The visits of `Conformance`, at a guarded application."""

    def page(self, *cookies, status=200, body=None, **headers):
        """Give a handler of a guarded application with an answer of its own, and the visitor's id in its place."""

        async def app(scope, receive, send):
            content = body if body is not None else scope["supertokens.session"].get_user_id()
            fields = {"content-type": "text/html"} | headers
            raw = [(name.encode(), value.encode()) for name, value in fields.items()]
            raw += [(b"Set-Cookie", cookie.encode()) for cookie in cookies]
            await send({"type": "http.response.start", "status": status, "headers": raw})
            await send({"type": "http.response.body", "body": content.encode()})

        return asgi_handler(SessionMiddleware(app, guarded=["/"]), lifespan="off")


# What a handler's own event and answer have to do with, and an ASGI application's have not.
for name in (
    "test_an_answer_with_nothing_to_add_is_not_touched",
    "test_an_answer_without_a_status_means_what_it_meant",
    "test_a_body_in_base64_stays_one",
    "test_a_response_is_given_the_doors_shape",
    "test_a_session_that_the_handler_ends_is_cleared",
):
    setattr(Asgi, name, None)


class TestHttpApi(Asgi, test_doors.TestHttpApi):
    pass


class TestFunctionUrl(Asgi, test_doors.TestFunctionUrl):
    pass


class TestRestApi(Asgi, test_doors.TestRestApi):
    pass


class TestHttpApi1(Asgi, test_doors.TestHttpApi1):
    pass


class TestAlb(Asgi, test_doors.TestAlb):
    pass


class TestSingleValueAlb(Asgi, test_doors.TestSingleValueAlb):
    pass


class TestLattice(Asgi, test_doors.TestLattice):
    pass
