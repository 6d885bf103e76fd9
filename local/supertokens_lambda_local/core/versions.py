"""The CDI versions that are spoken."""

from typing import Final

VERSIONS: Final = tuple(
    f"{major}.{minor}"
    for major, minors in ((2, range(7, 22)), (3, range(2)), (4, range(1)), (5, range(5)))
    for minor in minors
)
"""The newest is the last."""
