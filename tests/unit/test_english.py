"""The style guide's rules that a program can check: for docstrings, comments and messages, docs and templates."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import supertokens_lambda

TOOLKIT = Path(supertokens_lambda.__file__).parent
ROOT = Path(__file__).parents[2]

# What no text says, as regular expressions; a blank matches a line break too.
PHRASES = (
    r"what is no",
    r"what is not an?",
    r"nobody can tell",
    r"cannot be told",
    r"(?:is|are|was|were|been|be) told",
    r"(?:is|are) worth what",
    r"(?:has|have) a part in",
    r"as (?:it|they) (?:came|come|comes)",
    r"to be had",
    r"(?:is|are) met by",
    r"of (?:its|their|one's) own",
    r"an application's own",
    r"somebody else's",
    r"of any beginning",
    r"(?:AWS|Django|FastAPI|Flask|Lambda|Mangum|Powertools|Starlette)'s?",
    r"(?:API Gateway|AppSync|CloudFront|DynamoDB|VPC Lattice)'s",
)
_BLANK = r"[\s#]+"  # a comment's lines begin with a number sign
_PHRASE = re.compile(rf"(?<!\w)(?:{'|'.join(PHRASES)})(?!\w)".replace(" ", _BLANK), re.IGNORECASE)

# How the docstring of a function begins. Properties and classes are named, not commanded.
IMPERATIVES = {
    "Add", "Answer", "Ask", "Build", "Call", "Change", "Check", "Clear", "Close", "Commit", "Compare", "Count",
    "Create", "Decode", "Delete", "Draw", "Encode", "Evaluate", "Exchange", "Fetch", "Greet", "Guard", "Import",
    "Insert", "Install", "Join", "Link", "List", "Listen", "Load", "Log", "Mark", "Measure", "Merge", "Open",
    "Parse", "Pass", "Provide", "Raise", "Read", "Redirect", "Refuse", "Remove", "Rename", "Replace", "Return",
    "Revoke", "Rotate", "Run", "Send", "Serve", "Set", "Shut", "Sign", "Start", "Unlink", "Update", "Verify",
    "Visit", "Wait", "Write", "Yield",
}  # fmt: skip


MODULES = {str(path.relative_to(TOOLKIT)): path for path in sorted(TOOLKIT.rglob("*.py"))}
MODULES |= {
    str(path.relative_to(ROOT)): path
    for package in ("cookiecutter", "core", "doctor", "gateway", "init", "layer", "mail", "provider", "template")
    for path in sorted((ROOT / "local/supertokens_lambda_local" / package).rglob("*.py"))
}
MODULES |= {
    str(path.relative_to(ROOT)): path
    for pattern in (
        "functions/*/*.py",
        "examples/*/functions/**/*.py",
        "layers/session/backend_config.py",
        "benchmarks/*.py",
        "benchmarks/subjects/*.py",
        "benchmarks/recipes/*.py",
    )
    for path in sorted(ROOT.glob(pattern))
}
# A template has descriptions and comments.
PAGES = {
    str(path.relative_to(ROOT)): path
    for pattern in ("*.md", "docs/**/*.md", "examples/*/*.md", "template.yaml", "examples/*/template.yaml")
    for path in sorted(ROOT.glob(pattern))
}


def docstrings(tree: ast.AST) -> Iterator[tuple[ast.AST, int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and ast.get_docstring(node):
                yield node, first.lineno, ast.get_docstring(node) or ""


def messages(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the texts of exceptions and of warnings in the log."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            call = node.exc
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".warning", ".error", ".info")):
            call = node
        else:
            continue
        for part in ast.walk(call):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.lineno, part.value


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield comments; those on successive lines are one text."""
    found: list[tuple[int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            if found and token.start[0] == found[-1][0] + found[-1][1].count("\n") + 1:
                found[-1] = found[-1][0], f"{found[-1][1]}\n{token.string}"
            else:
                found.append((token.start[0], token.string))
    yield from found


def findings(text: str, line: int = 1) -> list[str]:
    return [f"{line + text.count(chr(10), 0, match.start())}: {match[0]!r}" for match in _PHRASE.finditer(text)]


def findings_in_module(path: Path) -> list[str]:
    text = path.read_text()
    tree = ast.parse(text)
    texts = [(line, said) for _, line, said in docstrings(tree)] + [*comments(text), *messages(tree)]
    return [found for line, said in texts for found in findings(said, line)] + wrong_beginnings(tree)


def wrong_beginnings(tree: ast.AST) -> list[str]:
    return [
        f"{line}: begins with {said.split()[0]!r}"
        for node, line, said in docstrings(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
        and said.split()[0] not in IMPERATIVES
    ]


def findings_in_page(path: Path) -> list[str]:
    # Code in a page is not prose; its lines stay, for the numbers.
    prose = re.sub(
        r"^```.*?^```|`[^`\n]+`",
        lambda code: "\n" * code[0].count("\n"),
        path.read_text(),
        flags=re.DOTALL | re.MULTILINE,
    )
    return findings(prose)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_in_plain_english(module):
    assert not findings_in_module(MODULES[module])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_in_plain_english(page):
    assert not findings_in_page(PAGES[page])


def test_each_kind_of_text_is_read(tmp_path):
    file = tmp_path / "module.py"
    file.write_text(
        '"""Things that nobody\n    can tell."""\n\n\ndef give():\n    """Give what is no answer."""\n'
        '    # A loop of its\n    # own.\n    raise ValueError(f"{1} is to be had")\n'
    )
    assert findings_in_module(file) == [
        "1: 'nobody\\ncan tell'",
        "6: 'what is no'",
        "7: 'of its\\n# own'",
        "9: 'to be had'",
        "6: begins with 'Give'",
    ]
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```\nwhat is no code\n```\nThe page is\ntold `is told` this.\n")
    assert findings_in_page(page) == ["6: 'is\\ntold'"]
