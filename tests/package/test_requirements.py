import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = re.compile(r"^(\S+==[^ \n;]+)", re.MULTILINE)
LOCKED = set(VERSION.findall((ROOT / "requirements" / "test.txt").read_text()))
FILES = sorted([*ROOT.glob("functions/*/requirements.txt"), *ROOT.glob("examples/*/functions/*/requirements.txt")])


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ROOT)) for file in FILES])
def test_a_function_is_deployed_with_what_it_was_tested_with(file):
    found = set(VERSION.findall(file.read_text()))

    assert found
    assert found <= LOCKED
