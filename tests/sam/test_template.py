import re

import supertokens_lambda.verification.verdict as verdicts
from supertokens_lambda.guard.loop import Looping
from supertokens_lambda_local.template.syntax import load

from .conftest import ROOT

TOOLKIT = ROOT / "layers/session/supertokens_lambda"


def logged_verdicts() -> set[str]:
    """Find every name that the toolkit logs a request by."""
    source = "".join(file.read_text() for file in TOOLKIT.rglob("*.py"))
    kinds = (*vars(verdicts).values(), Looping)
    named = {kind.name for kind in kinds if isinstance(getattr(kind, "name", None), str)}
    return {*named, *re.findall(r'log_outcome\(\s*"([a-z-]+)"', source)}


def test_what_is_counted_and_watched_is_what_is_logged():
    resources = load((ROOT / "template.yaml").read_text())["Resources"].values()
    filters = [found["Properties"] for found in resources if found["Type"] == "AWS::Logs::MetricFilter"]
    counted = {name for found in filters for name in re.findall(r'\$\.verdict = "([^"]+)"', found["FilterPattern"])}
    metrics = {change["MetricName"] for found in filters for change in found["MetricTransformations"]}
    watched = {found["Properties"]["MetricName"] for found in resources if found["Type"] == "AWS::CloudWatch::Alarm"}

    assert counted
    assert counted <= logged_verdicts()
    assert watched <= metrics
    assert {"looping", "token-theft", "unavailable", "refresh-unavailable"} <= counted
