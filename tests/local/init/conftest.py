"""An application in a folder, and what `init` makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from supertokens_lambda_local.init.plan import Request, plan_for
from supertokens_lambda_local.init.writing import write_all
from supertokens_lambda_local.template.model import Application
from supertokens_lambda_local.template.reader import read_template

KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:core"
HEAD = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    Handler: app.handler
"""


def function(name: str, rest: str = "") -> str:
    """Write a function of a template, after others or as the first one."""
    return f"Resources:\n  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: src/\n{rest}"


@dataclass(frozen=True)
class Made:
    """An application after `init`."""

    folder: Path

    @property
    def text(self) -> str:
        return (self.folder / "template.yaml").read_text()

    @property
    def application(self) -> Application:
        given = {"SuperTokensApiKeySecret": KEY} if "SuperTokensApiKeySecret:" in self.text else {}
        return read_template(self.folder / "template.yaml", given)

    @property
    def files(self) -> dict[str, str]:
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return {file.relative_to(self.folder).as_posix(): file.read_text() for file in files}


@pytest.fixture
def initialised(tmp_path: Path) -> Callable[..., Made]:
    """Write a template, add sessions to it, and check that doing it again changes nothing."""
    count = iter(range(100))

    def initialise(text: str, **request) -> Made:
        folder = tmp_path / str(next(count))
        (folder / "src").mkdir(parents=True)
        (folder / "src/app.py").write_text("def handler(event, context):\n    return ''\n")
        template = folder / "template.yaml"
        head, *rest = text.split("Resources:\n")
        text = head + ("Resources:\n" + "".join(rest) if rest else "")
        template.write_text(text)
        write_all(plan_for(template, template.read_bytes(), Request(**request)).changes)
        again = plan_for(template, template.read_bytes(), Request(**request)).changes
        assert [file for file, (before, after) in again.items() if before != after] == []
        return Made(folder)

    return initialise
