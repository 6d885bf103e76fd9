"""The results as a picture: a returning visitor's whole way, and what a cold start and a warm call cost."""

from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.catalogue import SUBJECTS, Subject
from benchmarks.figures import Results, Sample, Ways

_STEPS = {
    "page": ("page refused", "#1e3a8a"),
    "refresh page": ("/refresh-session", "#93c5fd"),
    "refresh": ("refresh", "#2563eb"),
    "again": ("page again", "#60a5fa"),
}
_OURS, _FLOOR, _PEER = "#1d4ed8", "#5b6270", "#c9ced8"


def plot(results: Results, picture: Path) -> None:
    """Draw a run."""
    subjects = [subject for subject in reversed(SUBJECTS) if subject.name in results.figures]
    # The same figures give the same file.
    mpl.rcParams.update({"svg.hashsalt": "supertokens-lambda", "font.size": 9, "font.family": "sans-serif"})
    heights = (1.3, 0.5 + 0.36 * len(subjects))
    figure = plt.figure(figsize=(10, sum(heights)), layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=heights)
    _whole_way(figure.add_subplot(grid[0, :]), results.ways)
    cold = figure.add_subplot(grid[1, 0])
    warm = figure.add_subplot(grid[1, 1], sharey=cold)
    warm.tick_params(labelleft=False)
    figures = [results.figures[subject.name] for subject in subjects]
    _bars(cold, "cold: import, start, first answer (ms)", subjects, [found.cold for found in figures], 1e3)
    _bars(warm, "warm: a token not seen before (µs)", subjects, [found.warm["new"] for found in figures], 1e6)
    cold.set_yticks(range(len(subjects)), [_plain(subject.label) for subject in subjects])
    figure.savefig(picture, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _whole_way(axes: Axes, ways: Ways) -> None:
    """Draw the steps of each side in a stack, one beside the other."""
    sides = {"peer": "FastAPI + SDK + Mangum", "ours": "supertokens-lambda"}
    ends = [0.0, 0.0]
    for step, (label, shade) in _STEPS.items():
        samples = [ways.get(f"{side}: {step}") for side in sides]
        widths = [sample.median * 1e3 if sample else 0.0 for sample in samples]
        axes.barh(range(2), widths, left=ends, color=shade, height=0.7, label=label)
        ends = [end + width for end, width in zip(ends, widths, strict=True)]
    for position, end in enumerate(ends):
        axes.text(end, position, f" {end:,.0f}", va="center")
    axes.set_yticks(range(2), list(sides.values()))
    axes.set_title("a returning visitor's whole way, every function cold (ms of the processor)", loc="left", fontsize=9)
    axes.legend(loc="lower center", ncols=4, frameon=False, fontsize=8, bbox_to_anchor=(0.5, -0.6))
    axes.margins(x=0.08)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)


def _bars(axes: Axes, title: str, subjects: list[Subject], samples: list[Sample], unit: float) -> None:
    widths = [sample.median * unit for sample in samples]
    quartiles = [[value * unit for value in sample.quartiles] for sample in samples]
    errors = (
        [width - first for width, (first, _) in zip(widths, quartiles, strict=True)],
        [third - width for width, (_, third) in zip(widths, quartiles, strict=True)],
    )
    bars = axes.barh(range(len(subjects)), widths, color=[_colour(s) for s in subjects], xerr=errors, height=0.7)
    axes.bar_label(bars, fmt="%.3g", padding=4)
    axes.set_title(title, loc="left", fontsize=9)
    axes.margins(x=0.12)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)


def _colour(subject: Subject) -> str:
    if subject.is_floor:
        return _FLOOR
    return _OURS if subject.name.startswith("ours") else _PEER


def _plain(label: str) -> str:
    return label.replace("`", "").replace("**", "")
