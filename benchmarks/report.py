"""The results as Markdown: ratios, which hold on any machine, before times, which do not."""

import os
import platform
import re
from pathlib import Path

from benchmarks.bounds import bounds
from benchmarks.catalogue import SUBJECTS, Subject
from benchmarks.figures import WARM, Figures, Results
from benchmarks.measurements import Extent
from benchmarks.report_ways import number, times, way_table

BEGIN, END = "<!-- what `make bench` measured: begin -->", "<!-- what `make bench` measured: end -->"

_HOLDS = {True: "yes", False: "**no**", None: "not measured"}


def markdown(results: Results, extent: Extent) -> str:
    """Write the tables of a run."""
    rows = [subject for subject in SUBJECTS if subject.name in results.figures]
    lines = [
        *way_table(results.ways),
        "| bound | at most | measured | holds |",
        "|---|--:|--:|---|",
        *(f"| {b.text} | {b.limit} | {b.measured} | {_HOLDS[b.holds]} |" for b in bounds(results)),
        "",
        "Each against its floor, then in figures of this machine (medians, quartiles in brackets):",
        "",
        "| | cold | new token | seen token | no session | memory | cold, ms | new token, us | seen token, us "
        "| no session, us | memory, MB | fetches in the flood |",
        f"|---{'|--:' * 11}|",
        *(_row(subject, results) for subject in rows),
        "",
        *(f"- {name} is missing: {_one_line(reason)}" for name, reason in results.missing.items()),
        *([""] if results.missing else []),
        f"{extent.ways} whole ways of each kind; {extent.cold} fresh processes each; {extent.rounds} bursts of "
        f"{extent.burst} calls of each kind; "
        f"{_versions()}; {_processor()}.",
    ]
    return "\n".join(lines)


def write(text: str, page: Path) -> None:
    """Write the tables between the markers of a page."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has lost its markers")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def _row(subject: Subject, results: Results) -> str:
    figures, floor = results.figures[subject.name], results.figures.get(subject.floor)
    cells = [subject.label, *_ratios(figures, floor), times(figures.cold, 1e3)]
    cells += [times(figures.warm[kind], 1e6) for kind in WARM]
    cells += [times(figures.rss, 1e-6), _fetches(figures)]
    return f"| {' | '.join(cells)} |"


def _ratios(figures: Figures, floor: Figures | None) -> list[str]:
    if floor is None:
        return ["-"] * 5
    verify = floor.warm["new"]
    pairs = [(figures.cold, floor.cold), *((figures.warm[kind], verify) for kind in WARM), (figures.rss, floor.rss)]
    return [f"{number(ours.ratio_to(theirs))}x" if ours.values and theirs.values else "-" for ours, theirs in pairs]


def _fetches(figures: Figures) -> str:
    return "-" if figures.flood is None else str(figures.flood.fetches)


def _one_line(reason: str) -> str:
    return re.sub(r"\S*/\S+", "...", reason.partition("\n")[0])[:120].replace("|", "/")


def _versions() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores, one of them used"
