import re
from pathlib import Path

import pytest

from supertokens_lambda.guard.loop_page import CAUSES
from supertokens_lambda.verification.verdict import Reason

REASONS = (Path(__file__).parents[2] / "docs" / "reasons.md").read_text()
ROWS = re.findall(r"^\| `([a-z-]+)` \| (\S.*?) \| (.*?) ?\|$", REASONS, re.MULTILINE)


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_is_explained_once(reason):
    assert [name for name, _, _ in ROWS].count(reason) == 1


def test_nothing_else_is_explained():
    assert {name for name, _, _ in ROWS} == set(Reason)


@pytest.mark.parametrize("reason", CAUSES)
def test_what_ends_a_loop_is_said_in_a_sentence_to_each(reason):
    for sentence in CAUSES[reason]:
        assert re.fullmatch(r"[A-Z].+[.?]", sentence)
