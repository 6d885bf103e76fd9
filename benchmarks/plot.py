"""The results as a picture: what a cold start and a warm call cost."""

from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.catalogue import SUBJECTS, Subject
from benchmarks.figures import Results, Sample

_OURS, _FLOOR, _PEER = "#1d4ed8", "#5b6270", "#c9ced8"


def plot(results: Results, picture: Path) -> None:
    """Draw a run."""
    subjects = [subject for subject in reversed(SUBJECTS) if subject.name in results.figures]
    # The same figures give the same file.
    mpl.rcParams.update({"svg.hashsalt": "supertokens-lambda", "font.size": 9, "font.family": "sans-serif"})
    figure, (cold, warm) = plt.subplots(
        1, 2, figsize=(10, 0.5 + 0.36 * len(subjects)), sharey=True, layout="constrained"
    )
    figures = [results.figures[subject.name] for subject in subjects]
    _bars(cold, "cold: import, start, first answer (ms)", subjects, [found.cold for found in figures], 1e3)
    _bars(warm, "warm: a token not seen before (µs)", subjects, [found.warm["new"] for found in figures], 1e6)
    cold.set_yticks(range(len(subjects)), [_plain(subject.label) for subject in subjects])
    figure.savefig(picture, metadata={"Date": None, "Creator": None})
    plt.close(figure)


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
