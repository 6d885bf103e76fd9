import gc
import json
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supertokens_lambda._http.json_text import MAX_DEPTH, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Garbage:
    """An object that only the garbage collector can free, and whose destructor needs some stack."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self._recurse(20)

    def _recurse(self, more: int) -> None:
        if more:
            self._recurse(more - 1)


@pytest.fixture
def failed_destructors() -> Iterator[list[object]]:
    failed: list[object] = []
    hook, thresholds = sys.unraisablehook, gc.get_threshold()
    sys.unraisablehook = lambda unraisable: failed.append(unraisable.exc_value)
    # Each collection would search all that other tests have left.
    gc.collect()
    gc.freeze()
    yield failed
    gc.unfreeze()
    sys.unraisablehook = hook
    gc.set_threshold(*thresholds)


@given(VALUES)
def test_every_value_is_read_as_json_reads_it(value):
    text = json.dumps(value)

    assert parse_json(text) == parse_json(text.encode()) == value


@pytest.mark.parametrize("text", [" {}", "{} ", "\t\n\r {}\r\n\t "])
def test_white_space_around_a_value_means_nothing(text):
    assert parse_json(text) == {}


@pytest.mark.parametrize("text", ["", " ", "{}x", "{} {}", "\ufeff{}", "\xa0{}", "{}\xa0", "{"])
def test_what_is_not_one_value_is_refused(text):
    with pytest.raises(ValueError, match="line 1"):
        parse_json(text)


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}"), ('["]", ', "]"), (r'["\\\"]", ', "]")])
def test_nesting_has_a_bound(start, end):
    assert parse_json(start * MAX_DEPTH + "1" + end * MAX_DEPTH)
    for text in (start * (MAX_DEPTH + 1), start * (MAX_DEPTH + 1) + "1" + end * (MAX_DEPTH + 1), start * 1_000_000):
        for spelled in (text, text.encode(), text.encode("utf-16")):
            with pytest.raises(ValueError, match=r"^JSON is nested too deeply; the limit is 400 levels$"):
                parse_json(spelled)


@pytest.mark.parametrize("value", [[[]] * 5_000, ["[" * 5_000], ['\\"[' * 5_000], [{"[": "{"}] * 5_000])
def test_many_brackets_are_not_deep(value):
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    "text", ["", "[", "]" * 1_000 + "[" * 1_000, '"' + "[" * 1_000, "\ud800" + "[]" * 1_000, b"\xff"]
)
def test_text_that_is_not_json_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        parse_json(text)


def test_a_destructor_never_runs_at_the_recursion_limit(failed_destructors):
    for allocated in range(100, sys.getrecursionlimit(), 10):
        gc.collect()
        Garbage()
        # The collector runs after this many new containers: that deep in the text, if it is read.
        gc.set_threshold(allocated)
        with pytest.raises(ValueError, match="nested"):
            parse_json("[" * 9_000)
        gc.set_threshold(0)

    assert failed_destructors == []
