"""What all tests of the toolkit agree on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# The SDK looks any other host up in the list of public suffixes, which takes longer than most tests.
ORIGIN = "https://localhost"
PASSWORD = "correct-horse-1"

SESSION_COOKIES = ("sAccessToken", "sRefreshToken", "sFrontToken", "sAntiCsrf")

Handler = Callable[[dict[str, Any], Any], Any]
