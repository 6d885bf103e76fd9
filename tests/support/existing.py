"""An application of three functions that has no sessions, and what its developer writes to guard it."""

import difflib
import shutil
from pathlib import Path

from .documented import ROOT

_GUARDED = {
    "src/home/app.py": [
        ("import os\n", "import os\n\nfrom supertokens_lambda import verify_session\n"),
        ("def handler(event, context):", "@verify_session()\ndef handler(event, context, session):"),
    ],
    "src/reports/app.py": [
        ("from mangum import Mangum\n", "from supertokens_lambda.asgi import SessionMiddleware, asgi_handler\n"),
        ("handler = Mangum(app, ", "app.add_middleware(SessionMiddleware, public=[])\nhandler = asgi_handler(app, "),
    ],
}


def copy_existing(folder: Path) -> None:
    """Copy the application."""
    shutil.copytree(ROOT / "tests/e2e/existing", folder)


def guard_existing(folder: Path) -> int:
    """Guard its pages, and return how many lines that took."""
    lines = 0
    for name, edits in _GUARDED.items():
        before = text = (folder / name).read_text()
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text)
        compared = difflib.ndiff(before.splitlines(), text.splitlines())
        lines += sum(line[:2] in ("+ ", "- ") and len(line) > 2 for line in compared)
    return lines
