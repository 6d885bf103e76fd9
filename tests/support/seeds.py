"""The seeds of everything that the tests make up: fixed, so that each run does the same. `make fuzz` tries new ones.

An environment variable replaces a seed, by a number or by the word "random". Hypothesis derives its examples from the
test itself; `--hypothesis-profile random` lets it look for new ones.
"""

import os
from uuid import uuid4

from hypothesis import HealthCheck, settings

# The processes of pytest-xdist share the id of their run.
_RANDOM = int(os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:8], 16)


def _seed(variable: str, fixed: int) -> int:
    chosen = os.environ.get(variable) or str(fixed)
    return _RANDOM if chosen == "random" else int(chosen)


DIFFERENTIAL = _seed("DIFFERENTIAL_SEED", 1)
REFRESH_RACE = _seed("REFRESH_RACE_SEED", 1)
REDIRECTS_IN_PAGE = _seed("REDIRECTS_IN_PAGE_SEED", 1)

# How long an example takes says how busy the machine is, and nothing else.
settings.register_profile("fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", settings.get_profile("fixed"), derandomize=False, max_examples=1_000)
settings.load_profile("fixed")
