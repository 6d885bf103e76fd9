import re
from pathlib import Path

from supertokens_lambda_local.doctor.finding import Code, Finding

ROWS = re.findall(
    r"^\| `([a-z-]+)` \| (\w+) \| \S.* \|$",
    (Path(__file__).parents[3] / "docs" / "doctor.md").read_text(),
    re.MULTILINE,
)


def test_each_code_has_a_line_with_its_severity():
    assert [(code.value, Finding(code, "", "").severity) for code in Code] == ROWS
