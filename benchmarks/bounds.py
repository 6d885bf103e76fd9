"""The bounds that the toolkit is held to, each beside what was measured."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.figures import OUR_WAY, PEERS_WAY, Figures, Results, Sample, together
from benchmarks.init_times import GUARDED_PAGE, REFRESH

COOL_DOWN = 0.5  # seconds between two fetches of the key set, as the toolkit promises


@dataclass(frozen=True)
class Bound:
    """One bound.

    Attributes
    ----------
    text : str
        What is bounded, and by what.
    limit : str
        The most that it may be.
    measured : str
        What it is, or why nobody knows.
    holds : bool or None
        None where it could not be measured.
    """

    text: str
    limit: str
    measured: str
    holds: bool | None


def bounds(results: Results) -> list[Bound]:
    """Compare the results of a run with every bound."""
    return [*_ways(results), *_starts(results), *_ratios(results), *_floods(results)]


def _ways(results: Results) -> Iterator[Bound]:
    for text, ours, other, limit in (
        ("a returning visitor's whole way, every function cold, to FastAPI + Mangum", OUR_WAY, PEERS_WAY, 0.2),
        ("the refresh, cold, to the refused page, cold", ("ours: refresh",), ("ours: page",), 1.5),
        ("the page again after the refresh, to FastAPI + Mangum", ("ours: again",), ("peer: again",), 0.1),
        ("a page with a role check, cold, to the same page without", ("ours: role",), ("ours: open",), 1.1),
        ("sign-up as the first request, to FastAPI + Mangum", ("ours: sign-up",), ("peer: sign-up",), 0.6),
        ("sign-in, warm, to FastAPI + Mangum", ("ours: sign-in",), ("peer: sign-in",), 0.2),
        (
            "the same over TLS, 5 ms each way, wall time",
            ("ours: sign-in far away",),
            ("peer: sign-in far away",),
            0.4,
        ),
    ):
        if results.ways.keys() >= {*ours, *other}:
            ratio = together(results.ways, ours).ratio_to(together(results.ways, other))
            yield Bound(text, f"{limit}x", f"{ratio:.4g}x", ratio <= limit)
        else:
            yield Bound(text, f"{limit}x", "it was not measured", None)


def _starts(results: Results) -> Iterator[Bound]:
    text, limit = "init of the refresh function under the runtime client of AWS, to the guarded page's", 1.3
    refresh, page = results.starts.get(REFRESH), results.starts.get(GUARDED_PAGE)
    if refresh and page:
        ratio = refresh.ratio_to(page)
        yield Bound(text, f"{limit}x", f"{ratio:.4g}x", ratio <= limit)
    else:
        yield Bound(text, f"{limit}x", "it was not measured", None)


def _ratios(results: Results) -> Iterator[Bound]:
    for text, ours, other, limit, quantity in (
        ("cold, keys fetched, to the floor that fetches", "ours_fetch", "floor_fetch", 1.2, _cold),
        ("cold, keys fetched, to FastAPI + Mangum", "ours_fetch", "fastapi_mangum", 0.09, _cold),
        ("cold, keys given, to the bare floor", "ours_given", "floor_given", 1.5, _cold),
        ("warm, a token not seen before, to the floor's verify", "ours_fetch", "floor_fetch", 1.35, _warm("new")),
        ("warm, a token seen before, to the floor's verify", "ours_fetch", "floor_fetch", 0.2, _warm("seen")),
        ("warm, no session, to the floor's verify", "ours_fetch", "floor_fetch", 0.2, _warm("none")),
        ("memory, keys fetched, to the floor's", "ours_fetch", "floor_fetch", 1.25, _memory),
        ("memory, keys given, to the floor's", "ours_given", "floor_given", 1.25, _memory),
    ):
        missing = [name for name in (ours, other) if name in results.missing or name not in results.figures]
        if missing:
            yield Bound(text, f"{limit}x", f"{missing[0]} was not measured", None)
            continue
        ratio = quantity(results.figures[ours]).ratio_to(_denominator(quantity)(results.figures[other]))
        yield Bound(text, f"{limit}x", f"{ratio:.4g}x", ratio <= limit)


def _floods(results: Results) -> Iterator[Bound]:
    figures = results.figures.get("ours_fetch")
    flood = figures.flood if figures else None
    if flood is None:
        yield Bound("tokens with unknown key ids in a row", "1 fetch a cool-down", "ours_fetch was not measured", None)
        return
    most = math.ceil(flood.seconds / COOL_DOWN)
    yield Bound(
        f"key set fetches for {flood.unknown:,} tokens with unknown key ids in a row, in {flood.seconds:.2g} s",
        f"{most} (1 in {COOL_DOWN} s)",
        str(flood.fetches),
        flood.fetches <= most and not flood.admitted,
    )
    yield Bound("valid tokens served meanwhile", str(flood.valid), str(flood.served), flood.served == flood.valid)


def _cold(figures: Figures) -> Sample:
    return figures.cold


def _memory(figures: Figures) -> Sample:
    return figures.rss


def _warm(kind: str) -> Callable[[Figures], Sample]:
    return lambda figures: figures.warm[kind]


def _denominator(quantity: Callable[[Figures], Sample]) -> Callable[[Figures], Sample]:
    """Return what a quantity is compared with: whatever kind a warm call is of, the floor's check of a signature."""
    return quantity if quantity in (_cold, _memory) else _warm("new")
