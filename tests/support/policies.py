"""What the policies of a template allow."""

from collections.abc import Callable, Iterator
from typing import Any

Statement = dict[str, Any]


def statements_of(policy: Any, resources: dict[str, Any], is_met: Callable[[str], bool]) -> Iterator[Statement]:
    """Yield the statements of an item of `Policies`, where the conditions of the template are met or not."""
    match policy:
        case {"Fn::If": [condition, met, unmet]}:
            yield from statements_of(met if is_met(condition) else unmet, resources, is_met)
        case {"Ref": "AWS::NoValue"}:
            return
        case {"Ref": name}:
            yield from statements_of(resources[name]["Properties"]["PolicyDocument"], resources, is_met)
        case {"Statement": statements}:
            yield from statements
        case _:
            raise AssertionError(f"a policy of another kind: {policy}")


def actions_of(statement: Statement) -> list[str]:
    """Return the actions of a statement."""
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions
