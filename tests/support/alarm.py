"""CloudWatch's part of the template: the alarm of loops, evaluated on what functions log."""

import re

from supertokens_lambda_local.template.syntax import load

from .constants import ROOT

RESOURCES = load((ROOT / "template.yaml").read_text())["Resources"]


class Alarm:
    """The alarm `RefreshLoopsAlarm`, with the filters of the metrics that it is made of."""

    def __init__(self) -> None:
        self._metrics = RESOURCES["RefreshLoopsAlarm"]["Properties"]["Metrics"]

    def rings(self, outcomes: list[tuple[str, str]]) -> bool:
        """Evaluate the alarm's expression for one period in which that was logged."""
        values = {
            metric["Id"]: self._counted(metric["MetricStat"]["Metric"]["MetricName"], outcomes)
            for metric in self._metrics
            if "MetricStat" in metric
        }
        functions = {"FILL": lambda value, _default: value, "IF": lambda test, yes, no: yes if test else no}
        expressions = {metric["Id"]: metric["Expression"] for metric in self._metrics if "Expression" in metric}
        (returned,) = (metric["Id"] for metric in self._metrics if metric.get("ReturnData", True))
        for name in [name for name in expressions if name != returned] + [returned]:
            expression = re.sub(r"\b(AND|OR)\b", lambda found: found[1].lower(), expressions[name])
            values[name] = eval(expression, functions, values)  # the template's own
        return bool(values[returned] >= RESOURCES["RefreshLoopsAlarm"]["Properties"]["Threshold"])

    def _counted(self, metric: str, outcomes: list[tuple[str, str]]) -> int:
        patterns = [
            found["Properties"]["FilterPattern"]
            for found in RESOURCES.values()
            if found["Type"] == "AWS::Logs::MetricFilter"
            and found["Properties"]["MetricTransformations"][0]["MetricName"] == metric
        ]
        assert len(patterns) == 1, metric
        wanted = {(field, value) for field, value in re.findall(r'\$\.(verdict|reason) = "([a-z-]+)"', patterns[0])}
        assert "&&" not in patterns[0]
        return sum(bool(wanted & {("verdict", verdict), ("reason", reason)}) for verdict, reason in outcomes)
