"""The report: for a terminal, or as JSON for a program."""

import json
from collections.abc import Sequence

from supertokens_lambda_local.doctor.finding import Finding, Outcome, Unknown


def as_text(outcomes: Sequence[Outcome]) -> str:
    """Write a report in plain words."""
    lines = []
    findings = [outcome for outcome in outcomes if isinstance(outcome, Finding)]
    for finding in findings:
        lines += [f"{finding.severity}: {finding.code}", f"  {finding.problem}", f"  -> {finding.remedy}"]
    lines += [f"not looked at: {what}, since {why}" for what, why in _unknown(outcomes)]
    errors = sum(finding.severity == "error" for finding in findings)
    summary = f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}"
    unknown = len(_unknown(outcomes))
    lines.append(f"{summary}, {unknown} not looked at" if unknown else summary)
    return "\n".join(lines) + "\n"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Write a report as JSON, with ``findings`` and ``not_looked_at``."""
    report = {
        "findings": [
            {
                "code": found.code,
                "severity": found.severity,
                "problem": found.problem,
                "remedy": found.remedy,
                "functions": found.functions,
            }
            for found in outcomes
            if isinstance(found, Finding)
        ],
        "not_looked_at": [{"what": what, "why": why} for what, why in _unknown(outcomes)],
    }
    return json.dumps(report, indent=2) + "\n"


def as_github(outcomes: Sequence[Outcome]) -> str:
    """Write a report as GitHub's workflow commands, which show it at a pull request."""
    lines = [
        f"::{found.severity} title={found.code}::{found.problem} {found.remedy}"
        for found in outcomes
        if isinstance(found, Finding)
    ]
    lines += [f"::notice title=not looked at::{what}, since {why}" for what, why in _unknown(outcomes)]
    return "".join(f"{line.replace(chr(10), ' ')}\n" for line in lines)


def _unknown(outcomes: Sequence[Outcome]) -> list[Unknown]:
    return [outcome for outcome in outcomes if isinstance(outcome, Unknown)]


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'s' * (number != 1)}"
