"""The arithmetic of docs/cost.md: `python docs/cost.py` writes its tables anew."""

import re
from pathlib import Path

PAGE = Path(__file__).with_name("cost.md")
MONTH = 30 * 24 * 3600  # seconds
MILLION, GB = 10**6, 10**9

# What a view of a page comes to. Measured: records by the table and the log; assumed: all else.
REFRESHES = 0.1  # a view: a visitor opens ten pages while an access token lives
PAGE_SECONDS, PAGE_GB = 0.010, 0.25  # billed, at 256 MB
HOP_SECONDS, HOP_GB = 0.005, 0.25  # the page that is refused, and the one that sends the browser on to the refresh
REFRESH_SECONDS, REFRESH_GB = 0.060, 0.5
COLD_STARTS = 0.005  # an invocation
COLD_SECONDS = 0.4
RECORD_BYTES = 250  # of a log record
WRITE_UNITS = 1 + 5  # of a refresh: the beginning; the result, 4.2 KB
PEAK = 5  # times the month's mean

# List prices of us-east-1, in dollars.
LAMBDA_REQUEST, LAMBDA_GB_SECOND = 0.20 / MILLION, 0.0000133334
HTTP_API = ((300 * MILLION, 1.00 / MILLION), (float("inf"), 0.90 / MILLION))
WRITE_UNIT = 0.625 / MILLION
LOG_BYTE = 0.50 / GB
FIXED = 7 * 0.30 + 7 * 0.10 + 0.40  # seven metrics; alarms on three of them, and one on four; one secret

# Quotas of an account and a region, a second.
QUOTAS = {
    "API Gateway: 10,000 requests a second": lambda: 10_000 / INVOCATIONS,
    "DynamoDB: 4,000 write units a second of a new on-demand table": lambda: 4_000 / (REFRESHES * WRITE_UNITS),
    "Lambda: 1,000 instances": lambda: 1_000 / BUSY_SECONDS,
}

# Each refresh is three invocations more: the page that is refused, the refresh page, the refresh.
INVOCATIONS = 1 + 3 * REFRESHES
BUSY_SECONDS = PAGE_SECONDS + REFRESHES * (2 * HOP_SECONDS + REFRESH_SECONDS)
GB_SECONDS = (
    PAGE_SECONDS * PAGE_GB
    + REFRESHES * (2 * HOP_SECONDS * HOP_GB + REFRESH_SECONDS * REFRESH_GB)
    + INVOCATIONS * COLD_STARTS * COLD_SECONDS * PAGE_GB
)
CORE_CALLS = 2 * REFRESHES  # the refresh, and the first page after it


def tiered(count: float, tiers: tuple[tuple[float, float], ...]) -> float:
    """Price a count by tiers of (size, price each)."""
    cost = 0.0
    for size, price in tiers:
        cost += min(count, size) * price
        count = max(0.0, count - size)
    return cost


def costs(views: float) -> dict[str, float]:
    """Give what a number of page views a month costs, in dollars."""
    return {
        "Lambda, requests": views * INVOCATIONS * LAMBDA_REQUEST,
        "Lambda, time": views * GB_SECONDS * LAMBDA_GB_SECOND,
        "API Gateway, HTTP API": tiered(views * INVOCATIONS, HTTP_API),
        "DynamoDB, writes": views * REFRESHES * WRITE_UNITS * WRITE_UNIT,
        "CloudWatch Logs, ingestion": views * INVOCATIONS * RECORD_BYTES * LOG_BYTE,
        "alarms, metrics, secret": FIXED,
    }


def tables() -> str:
    """Write the tables."""
    small, large = costs(MILLION), costs(1000 * MILLION)
    lines = ["| a month | a million views | a billion views |", "|---|--:|--:|"]
    lines += [f"| {name} | ${small[name]:,.2f} | ${large[name]:,.0f} |" for name in small]
    lines += [f"| **together** | **${sum(small.values()):,.2f}** | **${sum(large.values()):,.0f}** |"]
    lines += ["", "| a second, at the peak | a million views | a billion views |", "|---|--:|--:|"]
    rates = {
        "page views": 1.0,
        "invocations": INVOCATIONS,
        "instances that are busy": BUSY_SECONDS,
        "write units": REFRESHES * WRITE_UNITS,
        "calls to the core": CORE_CALLS,
    }
    lines += [
        f"| {name} | {PEAK * MILLION / MONTH * rate:,.2f} | {PEAK * 1000 * MILLION / MONTH * rate:,.0f} |"
        for name, rate in rates.items()
    ]
    lines += ["", "| quota | ends at page views a second | a month, with that peak |", "|---|--:|--:|"]
    for name, limit in sorted(QUOTAS.items(), key=lambda item: item[1]()):
        lines.append(f"| {name} | {limit():,.0f} | {limit() * MONTH / PEAK / GB:,.1f} billion |")
    return "\n".join(lines)


def page() -> str:
    """Give the page with its tables as they are now."""
    return re.sub(
        r"(?<=by docs/cost.py -->\n).*(?=\n<!-- end -->)", lambda _: tables(), PAGE.read_text(), flags=re.DOTALL
    )


if __name__ == "__main__":
    PAGE.write_text(page())
