import tracemalloc

import pytest

from supertokens_lambda._http.form import MAX_FIELDS
from supertokens_lambda._http.message import MAX_BODY, ContentTooLargeError, Headers, Request

FORM = "application/x-www-form-urlencoded"


def posted(body, content_type=FORM):
    return Request("POST", "/", "/", headers=Headers({"content-type": content_type}), body=body)


def test_a_header_that_comes_again_is_joined():
    found = Headers.of([("X-Own", "1"), ("host", "a"), ("x-own", "2"), ("x-oWn", "")])

    assert found == {"x-own": "1, 2, ", "host": "a"}


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8", FORM.upper(), f" {FORM} ;x"])
def test_a_form_is_told_by_its_type(content_type):
    assert posted(b"a=1&a=2&b=", content_type).form() == {"a": "1", "b": ""}


@pytest.mark.parametrize("content_type", ["", "text/plain", f"{FORM}x", "multipart/form-data"])
def test_anything_else_is_none(content_type):
    assert posted(b"a=1", content_type).form() == {}


def test_a_form_has_a_bounded_number_of_fields():
    assert len(posted("&".join(f"n{number}" for number in range(MAX_FIELDS)).encode()).form()) == MAX_FIELDS
    with pytest.raises(ContentTooLargeError):
        posted(b"&".join([b"a"] * (MAX_FIELDS + 1))).form()


def test_a_form_has_a_bounded_length():
    assert posted(b"a=" + b"x" * (MAX_BODY - 2)).form()["a"] == "x" * (MAX_BODY - 2)
    with pytest.raises(ContentTooLargeError):
        posted(b"a=" + b"x" * (MAX_BODY - 1)).form()


@pytest.mark.parametrize("body", [b"a&" * 3_000_000, b"a" * 6_000_000, b"%41" * 2_000_000, b"a&" * 5_000])
def test_a_form_that_is_too_large_is_not_taken_apart(body):
    request = posted(body)
    tracemalloc.start()
    try:
        with pytest.raises(ContentTooLargeError):
            request.form()
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_a_query_is_read_up_to_a_bound():
    request = Request("GET", "/", "/", "&".join(f"n{number}=x" for number in range(100_000)))

    found = request.parameters

    assert len(found) == MAX_FIELDS
    assert found["n0"] == "x"
