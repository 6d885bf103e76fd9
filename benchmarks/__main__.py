"""Measures, prints the tables, and writes them and the picture into the documentation: ``python -m benchmarks``."""

import argparse
import compileall
import sys
import tempfile
from pathlib import Path

from benchmarks import init_times, node, ways
from benchmarks.catalogue import HERE, SUBJECTS, Subject
from benchmarks.core import CountingCore, running_core
from benchmarks.figures import Sample
from benchmarks.measurements import Extent, Run
from benchmarks.process import Surroundings, keep_off_the_measured_core
from benchmarks.production import production
from benchmarks.report import markdown, write

_DOCS = HERE.parent / "docs"


def main() -> None:
    """Run the benchmarks."""
    options = _options()
    subjects, missing = _available(options.only)
    for package in (HERE / "subjects", HERE / "recipes", HERE.parent / "layers/session"):
        compileall.compile_dir(package, quiet=2)
    extent = Extent(options.ways, options.cold, options.rounds, options.burst, options.flood)
    keep_off_the_measured_core()
    with running_core() as core, tempfile.TemporaryDirectory() as folder:
        key_set = Path(folder, "jwks.json")
        key_set.write_bytes(core.key_set())
        run = Run(subjects, core, Surroundings(core.url, key_set), extent)
        run.results.missing |= missing
        if extent.ways:
            with production(Path(folder)) as settings:
                run.results.ways, missing = ways.measure(settings, extent.ways)
            run.results.missing |= missing
        run.cold()
        run.warm()
        run.flood()
        starts = _starts(run, core, options.init)
    text = f"{markdown(run.results, extent)}\n\n{starts}"
    sys.stdout.write(f"{text}\n")
    if not options.dry_run:
        from benchmarks.plot import plot

        write(text, _DOCS / "benchmarks.md")
        plot(run.results, _DOCS / "benchmarks.svg")


def _starts(run: Run, core: CountingCore, rounds: int) -> str:
    try:
        functions = init_times.measure(core.url, core.tokens(1)[0], rounds)
    except init_times.MissingError as missing:
        return f"Starts under the runtime client of AWS are missing: {missing}"
    run.results.starts = {function.label: Sample(function.init) for function in functions}
    return init_times.table(functions)


def _available(only: list[str]) -> tuple[list[Subject], dict[str, str]]:
    wanted = [subject for subject in SUBJECTS if not only or subject.name in only]
    if not any(subject.runtime == "node" for subject in wanted):
        return wanted, {}
    reason = node.prepare()
    if reason is None:
        return wanted, {}
    lost = [subject for subject in wanted if subject.runtime == "node"]
    return [subject for subject in wanted if subject not in lost], {subject.name: reason for subject in lost}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What a session check costs.")
    parser.add_argument("--ways", type=int, default=15, help="visitors' whole ways of each kind (%(default)s)")
    parser.add_argument("--cold", type=int, default=15, help="fresh processes of each subject (%(default)s)")
    parser.add_argument("--rounds", type=int, default=20, help="bursts of each kind of warm call (%(default)s)")
    parser.add_argument("--burst", type=int, default=100, help="calls of a burst (%(default)s)")
    parser.add_argument("--flood", type=int, default=10_000, help="tokens with unknown key ids (%(default)s)")
    parser.add_argument("--init", type=int, default=9, help="starts under the runtime client of AWS (%(default)s)")
    parser.add_argument("--only", nargs="+", default=[], choices=[s.name for s in SUBJECTS], help="these alone")
    parser.add_argument("--dry-run", action="store_true", help="print the tables, and write nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
