"""SuperTokens' API, and a function that sends in each way there is."""

import asyncio
import json
from email.message import EmailMessage

import boto3
from botocore.exceptions import ClientError

from supertokens_lambda.handlers import auth

__all__ = ["auth", "send"]


def send(event, context):
    """Send what the body says, in the way that the path says."""
    if event["requestContext"]["http"]["method"] == "GET":
        return "the application"
    content = json.loads(event.get("body") or "{}")
    try:
        answer = WAYS[event["pathParameters"]["way"]](content)
    except ClientError as error:
        return {"statusCode": 400, "body": json.dumps(error.response["Error"])}
    return {"statusCode": 200, "body": json.dumps(answer)}


def ses(content):
    return boto3.client("sesv2").send_email(**content)["MessageId"]


def raw(content):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Shop <shop@example.com>", "ada@example.com", content["subject"]
    mail.set_content(content["text"])
    mail.add_alternative(content["html"], subtype="html")
    return boto3.client("sesv2").send_email(Content={"Raw": {"Data": bytes(mail)}})["MessageId"]


def sns(content):
    return boto3.client("sns").publish(**content)["MessageId"]


def smtp(content):
    from supertokens_python.ingredients.emaildelivery.services.smtp import Transporter
    from supertokens_python.ingredients.emaildelivery.types import EmailContent, SMTPSettings, SMTPSettingsFrom

    sender = SMTPSettingsFrom("Shop", "shop@example.com")
    settings = SMTPSettings("mail.invalid", 465, sender, "a-password-of-the-mail-server", secure=content["secure"])
    mail = EmailContent(content["html"], content["subject"], "ada@example.com", is_html=True)
    asyncio.run(Transporter(settings).send_email(mail, {}))


WAYS = {"ses": ses, "raw": raw, "sns": sns, "smtp": smtp}
