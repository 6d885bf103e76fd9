"""What a function is allowed in AWS, by the policies of its role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supertokens_lambda_local.template.unknown import Unknown, listed, mapping, text_of

if TYPE_CHECKING:
    from supertokens_lambda_local.template.stack import Stack

# The policies of AWS with these names allow logs, networks and traces.
_OF_NO_CONCERN = ("AWSLambda", "AWSXray", "AWSXRay", "CloudWatchLambda")
_ROLE = "AWS::IAM::Role"
_POLICIES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy")


def allowed(stack: Stack, function: str) -> tuple[str, ...] | None:
    """Return the actions that a function's policies allow, with wildcards as they are written.

    Parameters
    ----------
    stack : Stack
        The template.
    function : str
        The function's logical id.

    Returns
    -------
    tuple of str or None
        None if a part of its permissions is not in the template.
    """
    role = stack.resource_of(stack.property(function, "Role"), _ROLE)
    if role is None:
        return None
    documents = [mapping(policy).get("PolicyDocument") for policy in listed(stack.property(role, "Policies"))]
    for arn in listed(stack.property(role, "ManagedPolicyArns")):
        policy = stack.resource_of(arn, *_POLICIES)
        if policy:
            documents.append(stack.property(policy, "PolicyDocument"))
        elif not text_of(arn).rpartition("/")[2].startswith(_OF_NO_CONCERN):
            return None
    for policy in stack.names(*_POLICIES):
        roles = [*listed(stack.property(policy, "Roles")), stack.property(policy, "RoleName")]
        if any(stack.resource_of(each, _ROLE) == role for each in roles):
            documents.append(stack.property(policy, "PolicyDocument"))
    found: list[str] = []
    for document in documents:
        actions = _actions(document)
        if actions is None:
            return None
        found += actions
    return tuple(found)


def _actions(document: Any) -> list[str] | None:
    if not isinstance(document, dict):
        return None
    found: list[str] = []
    for statement in listed(document.get("Statement")):
        if not isinstance(statement, dict) or isinstance(statement.get("Action"), Unknown):
            return None
        actions = listed(statement.get("Action"))
        if any(isinstance(action, Unknown) for action in actions):
            return None
        if statement.get("Effect") == "Allow":
            found += map(str, actions)
    return found
