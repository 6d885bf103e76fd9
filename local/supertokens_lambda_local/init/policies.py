"""The permissions of functions: policies of their own, attached to the functions' roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertokens_lambda_local.init.survey import OURS

if TYPE_CHECKING:
    from supertokens_lambda_local.init.document import Document

TABLE = f"{OURS}RefreshTable"
HAS_KEY, SENDS_EMAILS = f"Has{OURS}ApiKey", f"{OURS}SendsEmails"
_POLICY = """\
Type: AWS::IAM::ManagedPolicy
{condition}Properties:
  PolicyDocument:
    Version: "2012-10-17"
    Statement:
{statements}  Roles:
{roles}"""
_STATEMENTS = {
    "RefreshTable": f"""\
      - Effect: Allow
        Action: [dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem]
        Resource: !GetAtt {TABLE}.Arn
""",
    "ApiKey": f"""\
      - Effect: Allow
        Action: secretsmanager:GetSecretValue
        Resource: !Ref {OURS}ApiKeySecret
""",
    "Email": f"""\
      - Effect: Allow
        Action: ses:SendEmail
        Resource: !Sub arn:${{AWS::Partition}}:ses:${{AWS::Region}}:${{AWS::AccountId}}:identity/*
        Condition: {{StringEquals: {{"ses:FromAddress": !Ref {OURS}EmailSender}}}}
      - Effect: Allow
        Action: ses:GetSuppressedDestination
        Resource: "*" # the action knows no resources
""",
}
_CONDITIONS = {"ApiKey": HAS_KEY, "Email": SENDS_EMAILS}
# For each condition, the parameter that it is about.
CONDITIONS = {HAS_KEY: f"{OURS}ApiKeySecret", SENDS_EMAILS: f"{OURS}EmailSender"}


def add_policy(document: Document, name: str, roles: list[str]) -> None:
    """Add a policy, or the roles that it is not attached to; one whose condition does not exist is left out.

    Parameters
    ----------
    document : Document
        The template.
    name : {"RefreshTable", "ApiKey", "Email"}
        What it allows.
    roles : list of str
        References to roles, as YAML.
    """
    condition = _CONDITIONS.get(name, "")
    policy = f"{OURS}{name}Policy"
    if not roles or (condition and ("Conditions", condition) not in document):
        return
    if ("Resources", policy) in document:
        for role in roles:
            document.append(("Resources", policy, "Properties", "Roles"), role)
        return
    text = _POLICY.format(
        condition=f"Condition: {condition}\n" if condition else "",
        statements=_STATEMENTS[name],
        roles="".join(f"    - {role}\n" for role in dict.fromkeys(roles)),
    )
    document.add(("Resources",), policy, text, spaced=True)
