"""Makes pages of what is written beside the code, and its links those of the site."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
FRONT_PAGE = ROOT / "README.md"
BESIDE_THE_CODE = (
    *(ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"),
    *sorted(ROOT.glob("examples/*/README.md")),
    ROOT / "benchmarks/README.md",
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie elsewhere, at their places in the repository, and the README as the front page."""
    files.append(File.generated(config, "index.md", abs_src_path=str(FRONT_PAGE)))
    for file in BESIDE_THE_CODE:
        files.append(File.generated(config, file.relative_to(ROOT).as_posix(), abs_src_path=str(file)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Point links where they lead within the site, whose root is both the repository's and that of docs."""
    if page.file.generated_by:
        return re.sub(r"\]\(((?:\.\./)*)docs/", r"](\1", markdown)
    # What is beside docs in the repository is below it on the site.
    upwards = "../" * page.file.src_uri.count("/")
    return markdown.replace(f"]({upwards}../", f"]({upwards}")
