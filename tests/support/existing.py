"""A SAM application of three functions that has no sessions yet, and what its developer writes to guard it."""

from pathlib import Path

from tests.support.constants import ROOT

EXISTING = ROOT / "tests/e2e/existing"
# By file, old and new text.
GUARDED = {
    "src/home/app.py": [
        ("import os\n", "import os\n\nfrom supertokens_lambda import verify_session\n"),
        ("def handler(event, context):", "@verify_session()\ndef handler(event, context, session):"),
    ],
    "src/reports/app.py": [
        ("from mangum import Mangum\n", "from supertokens_lambda.asgi import SessionMiddleware, asgi_handler\n"),
        ("handler = Mangum(app, ", "app.add_middleware(SessionMiddleware, public=[])\nhandler = asgi_handler(app, "),
    ],
}


def guard(folder: Path) -> None:
    """Edit a copy of the application as its developer does."""
    for name, edits in GUARDED.items():
        text = (folder / name).read_text()
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text)
