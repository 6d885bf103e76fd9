"""Whole ways of a visitor, every function in a separate process: the toolkit's, and beside it the peer's."""

import json
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack

from benchmarks.catalogue import OURS, PEER, ROLE_PAGE, Subject
from benchmarks.figures import Sample, Ways
from benchmarks.process import Calls, Process, SubjectError
from benchmarks.production import Production
from benchmarks.visitor import Visitor

_PAGE = "/dashboard?tab=orders&page=2"
_ROLE = "admin"
_PAUSE = 2.5  # seconds between two visitors who sign in; connections that are kept have been closed by then

Taken = dict[str, float]


def measure(production: Production, rounds: int) -> tuple[Ways, dict[str, str]]:
    """Measure each way again and again, both sides in turn; a first round does not count.

    Returns
    -------
    tuple
        The figures, and why a way could not be measured, by its name.
    """
    figures: Ways = {}
    missing: dict[str, str] = {}
    ways = {"returning": _returning, "role": _role, "signing in": _signing_in}
    for number in range(rounds + 1):
        sys.stderr.write(f"ways: round {number} of {rounds}\n")
        for name, way in ways.items():
            if name in missing:
                continue
            try:
                taken = way(production, number)
            except SubjectError as error:
                missing[name] = str(error)
                continue
            for quantity, seconds in taken.items() if number else ():
                figures.setdefault(quantity, Sample()).values.append(seconds)
    return figures, missing


def _returning(production: Production, number: int) -> Taken:
    """Measure the way of a visitor who comes back after hours, as the first one after a quiet hour."""
    return _in_turn(number, lambda: _ours_returning(production), lambda: _peer_returning(production))


def _ours_returning(production: Production) -> Taken:
    visitor, near = Visitor(production.core.session(expired=True)), production.ours.near
    with Process(OURS["page"], near) as page:
        refused = page.call(visitor.opens(_PAGE)).expect(302)
        with Process(OURS["refresh page"], near) as refresh_page:
            sent_on = refresh_page.call(visitor.opens(visitor.keeps(refused.answer))).expect(302)
        with Process(OURS["refresh"], near) as refresh:
            refreshed = refresh.call(visitor.opens(visitor.keeps(sent_on.answer))).expect(302)
        again = page.call(visitor.opens(visitor.keeps(refreshed.answer))).expect(200)
    hops = {"page": refused, "refresh page": sent_on, "refresh": refreshed, "again": again}
    return {f"ours: {hop}": calls.cpu for hop, calls in hops.items()}


def _peer_returning(production: Production) -> Taken:
    visitor = Visitor(production.core.session(expired=True))
    with Process(PEER, production.peer.near) as peer:
        refused = peer.call(visitor.opens(_PAGE)).expect(401)
        refreshed = peer.call(visitor.posts("/auth/session/refresh", {})).expect(200)
        visitor.keeps(refreshed.answer)
        again = peer.call(visitor.opens(_PAGE)).expect(200)
    hops = {"page": refused, "refresh": refreshed, "again": again}
    return {f"peer: {hop}": calls.cpu for hop, calls in hops.items()}


def _role(production: Production, number: int) -> Taken:
    """Open a page that checks a role, which is in the token, and the same page without."""

    def opened(quantity: str, subject: Subject) -> Taken:
        claim = {"v": [_ROLE], "t": int(time.time() * 1000)}
        visitor = Visitor(production.core.session({"st-role": claim}))
        with Process(subject, production.ours.near) as page:
            return {quantity: page.call(visitor.opens(_PAGE)).expect(200).cpu}

    return _in_turn(number, lambda: opened("ours: open", OURS["page"]), lambda: opened("ours: role", ROLE_PAGE))


def _signing_in(production: Production, number: int) -> Taken:
    """Measure a sign-up as the first request of a function, and after a pause a sign-in."""
    sides = {"ours": (OURS["auth"], production.ours), "peer": (PEER, production.peer)}
    taken: Taken = {}
    with ExitStack() as stack:
        started = []
        for name, (subject, side) in sides.items() if number % 2 else reversed(sides.items()):
            for place, surroundings in (("near", side.near), ("far", side.far)):
                process = stack.enter_context(Process(subject, surroundings))
                email = f"{uuid.uuid4()}@example.com"
                signed_up = _asked(process, "signup", email)
                if place == "near":
                    taken[f"{name}: sign-up"] = signed_up.cpu
                started.append((name, place, process, email))
        time.sleep(_PAUSE)
        for name, place, process, email in started:
            signed_in = _asked(process, "signin", email)
            if place == "near":
                taken[f"{name}: sign-in"] = signed_in.cpu
            else:
                taken[f"{name}: sign-in far away"] = signed_in.ns[0] / 1e9
    return taken


def _asked(process: Process, what: str, email: str) -> Calls:
    form = {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": "correct-horse-1"}]}
    calls = process.call(Visitor().posts(f"/auth/{what}", form)).expect(200)
    # SuperTokens' API answers 200 to wrong passwords too.
    if json.loads(calls.answer["body"])["status"] != "OK":
        raise SubjectError(f"its {what} failed")
    return calls


def _in_turn(number: int, *measured: Callable[[], Taken]) -> Taken:
    ordered = measured if number % 2 else measured[::-1]
    return {quantity: seconds for measure_one in ordered for quantity, seconds in measure_one().items()}
