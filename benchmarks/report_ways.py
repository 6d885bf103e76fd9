"""Whole ways as Markdown: what each step took, ours beside the peer's."""

from collections.abc import Iterator

from benchmarks.figures import OUR_WAY, PEERS_WAY, Sample, Ways, together

_STEPS = {
    "page": "the page, whose token has expired; cold",
    "refresh page": "`/refresh-session`, cold",
    "refresh": "the refresh, ours cold",
    "again": "the page again, warm",
}

_OTHERS = {
    "open": "the page with a good token, cold",
    "role": "the same with a role check, cold",
    "sign-up": "sign-up as the first request of a function",
    "sign-in": "sign-in, warm",
    "sign-in far away": "sign-in, warm, over TLS with 5 ms each way: time that passes",
}


def way_table(ways: Ways) -> Iterator[str]:
    """Write the table, or nothing where no way was measured."""
    if not ways:
        return
    yield "A visitor's way in the settings of production, in ms of the processor (medians, quartiles in brackets):"
    yield ""
    yield from _head("a returning visitor, as the first after a quiet hour")
    for step, text in _STEPS.items():
        yield _row(text, ways.get(f"ours: {step}"), ways.get(f"peer: {step}"))
    if ways.keys() >= {*OUR_WAY, *PEERS_WAY}:
        yield _row("**together**", together(ways, OUR_WAY), together(ways, PEERS_WAY))
    yield ""
    yield from _head("other visitors")
    for step, text in _OTHERS.items():
        yield _row(text, ways.get(f"ours: {step}"), ways.get(f"peer: {step}"))
    yield ""


def _head(title: str) -> tuple[str, str]:
    return f"| {title} | supertokens-lambda | FastAPI + SDK + Mangum | ratio |", "|---|--:|--:|--:|"


def _row(text: str, ours: Sample | None, peer: Sample | None) -> str:
    ratio = f"{number(ours.ratio_to(peer))}x" if ours and peer else "-"
    cells = [text, *(times(sample, 1e3) if sample else "-" for sample in (ours, peer)), ratio]
    return f"| {' | '.join(cells)} |"


def times(sample: Sample, unit: float) -> str:
    """Write a median and its quartiles."""
    if not sample.values:
        return "-"
    first, third = (number(value * unit) for value in sample.quartiles)
    return f"{number(sample.median * unit)} ({first}-{third})"


def number(value: float) -> str:
    """Write three digits, or all before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
