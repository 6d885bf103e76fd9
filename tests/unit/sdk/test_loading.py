import gc
import os
from contextlib import suppress

import pytest

from supertokens_lambda._sdk.loading import quick_loading

PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


@pytest.mark.parametrize("given", [{}, {PLUGINS: "one"}], ids=["no choice", "a choice"])
def test_what_was_before_is_back_after_an_error(monkeypatch, given):
    monkeypatch.delenv(PLUGINS, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with suppress(ImportError), quick_loading():
        assert not gc.isenabled()
        assert os.environ[PLUGINS] == given.get(PLUGINS, "__all__")
        with quick_loading():
            pass
        assert not gc.isenabled()
        raise ImportError

    assert gc.isenabled()
    assert os.environ.get(PLUGINS) == given.get(PLUGINS)


def test_collections_that_the_application_switched_off_stay_off():
    gc.disable()
    try:
        with quick_loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
