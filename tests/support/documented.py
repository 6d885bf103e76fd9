"""The commands of the documentation, page by page, in their order."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/*/README.md", "benchmarks/README.md")
    for path in sorted(ROOT.glob(pattern))
]
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes
    ----------
    language
        What follows the fence, or an empty string.
    text
        Its lines.
    """

    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands of a block for a terminal, without comments, each in one line."""
        if self.language != "console":
            return []
        lines = re.sub(r"\\\n\s*", "", self.text).splitlines()
        return [command for line in lines if (command := re.sub(r"(^|\s+)#\s.*", "", line).strip())]

    @property
    def is_of_the_clone(self) -> bool:
        """Whether its commands are about a clone of the repository, not about an application that uses the wheel."""
        return any(re.match(r"make\b|pip install \"?\.|\.venv/", command) for command in self.commands)


def blocks_of(page: Path) -> list[Block]:
    """Read the fenced blocks of a page."""
    return [Block(*found) for found in _FENCE.findall(page.read_text())]


def commands_of(page: Path) -> list[str]:
    """Read the commands of a page in their order."""
    return [command for block in blocks_of(page) for command in block.commands]


def spans_of(page: Path) -> list[str]:
    """Read the commands that the prose and the makefiles of a page name, each in one line."""
    prose = _FENCE.sub("", page.read_text())
    makefiles = "".join(block.text for block in blocks_of(page) if block.language == "make")
    spans = re.findall(r"(?m)^\t(.+)", makefiles) + [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    return [span for span in spans if re.match(r"(make|sam|aws|supertokens-lambda|pip) [a-z-]", span)]
