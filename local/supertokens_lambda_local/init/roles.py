"""The roles of functions, which policies are attached to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supertokens_lambda_local.init.survey import Survey


def roles_of(survey: Survey, functions: tuple[str, ...]) -> dict[str, str]:
    """Return references to the roles of functions, as YAML. Functions with a role elsewhere are left out."""
    return {function: role for function in functions if (role := _role_of(survey, function))}


def _role_of(survey: Survey, function: str) -> str:
    resource = survey.resources.get(function, {})
    given = survey.property(function, "Role") if resource else survey.globals.get("Role")
    if given is None:
        # SAM names it so.
        role = f"{function}Role"
    else:
        name = given.get("Fn::GetAtt", "") if isinstance(given, dict) else ""
        role = str(name[0] if isinstance(name, list) and name else name).partition(".")[0]
        if survey.resources.get(role, {}).get("Type") != "AWS::IAM::Role":
            return ""
    condition = survey.resources.get(role, resource).get("Condition")
    return f"!If [{condition}, !Ref {role}, !Ref AWS::NoValue]" if condition else f"!Ref {role}"
