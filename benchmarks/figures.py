"""What was measured, in numbers."""

from dataclasses import dataclass, field
from statistics import median, quantiles

WARM = ("new", "seen", "none")
"""Calls of a warm process: a token that it has not seen, one that it has, no session at all."""


@dataclass
class Sample:
    """One quantity of one subject, measured again and again."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The values that the middle half lies between."""
        if len(self.values) < 2:
            return self.median, self.median
        first, _, third = quantiles(self.values, n=4, method="inclusive")
        return first, third

    def ratio_to(self, other: "Sample") -> float:
        """Return the median of each round's ratio: what slows one round down is in both of its values."""
        return median(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True))


@dataclass(frozen=True)
class Flood:
    """What tokens with unknown key ids, and valid ones among them, came to.

    Attributes
    ----------
    unknown, valid : int
        How many there were of each.
    admitted, served : int
        How many of each were let in.
    fetches : int
        How often the core was asked for its key set meanwhile.
    seconds : float
        From the first to the last.
    """

    unknown: int
    valid: int
    admitted: int
    served: int
    fetches: int
    seconds: float


@dataclass
class Figures:
    """All about one subject.

    Attributes
    ----------
    cold : Sample
        Seconds for import, start and first answer, in fresh processes.
    rss : Sample
        Bytes of memory after that answer.
    warm : dict of str to Sample
        Seconds a call, by the kind of call; a value is the median of a burst.
    flood : Flood or None
        None where the subject fetches no key set.
    """

    cold: Sample = field(default_factory=Sample)
    rss: Sample = field(default_factory=Sample)
    warm: dict[str, Sample] = field(default_factory=lambda: {kind: Sample() for kind in WARM})
    flood: Flood | None = None


Ways = dict[str, Sample]
"""Seconds of the processor by side and step, like ``ours: refresh``."""

OUR_WAY = tuple(f"ours: {hop}" for hop in ("page", "refresh page", "refresh", "again"))
PEERS_WAY = tuple(f"peer: {hop}" for hop in ("page", "refresh", "again"))
"""The steps of a returning visitor's whole way."""


def together(ways: Ways, steps: tuple[str, ...]) -> Sample:
    """Return the sum of some steps, for each round."""
    return Sample([sum(values) for values in zip(*(ways[step].values for step in steps), strict=True)])


@dataclass
class Results:
    """A whole run.

    Attributes
    ----------
    ways : dict of str to Sample
        What visitors' whole ways took.
    figures : dict of str to Figures
        By the subject's name.
    starts : dict of str to Sample
        Seconds of init under the runtime client of AWS, by the function's label.
    missing : dict of str to str
        Why a subject could not be measured, by its name.
    """

    ways: Ways = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)
    starts: dict[str, Sample] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
