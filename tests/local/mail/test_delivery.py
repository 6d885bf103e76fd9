"""What functions send, in each way that there is, and where it comes to."""

import re

import httpx
import pytest

SIMPLE = {
    "FromEmailAddress": "shop@example.com",
    "Destination": {"ToAddresses": ["ada@example.com"], "CcAddresses": ["cc@example.com"]},
    "Content": {
        "Simple": {
            "Subject": {"Data": "Your order"},
            "Body": {"Text": {"Data": "See https://example.com/order?a=1."}, "Html": {"Data": "<b>See</b>"}},
        }
    },
}


def test_simple_content_of_ses(dev):
    answer = dev.send("ses", **SIMPLE)
    newest = dev.messages()[0]
    assert answer.json() == f"local-{newest['number']}"
    assert newest.items() >= {
        "kind": "e-mail",
        "service": "Amazon SES",
        "from": "shop@example.com",
        "to": ["ada@example.com", "cc@example.com"],
        "subject": "Your order",
        "text": "See https://example.com/order?a=1.",
        "html": "<b>See</b>",
        "links": ["https://example.com/order?a=1"],
    }.items()  # fmt: skip


def test_raw_content_of_ses(dev):
    dev.send("raw", subject="Grüße", text="Hello Ada ü hello", html="<p>Hello <a href='https://example.com/x'>Ada</a>")
    newest = dev.messages()[0]
    assert (newest["subject"], newest["to"]) == ("Grüße", ["ada@example.com"])
    assert newest["from"] == "Shop <shop@example.com>"
    assert newest["text"].strip() == "Hello Ada ü hello"
    assert newest["links"] == ["https://example.com/x"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"Template": {"TemplateName": "x", "TemplateData": "{}"}}, "knows no templates"),
        ({"Simple": {"Subject": {"Data": "x"}, "Body": {}}}, "needs FromEmailAddress"),
    ],
)
def test_what_ses_would_refuse_and_what_is_not_known_here(dev, content, message):
    before = len(dev.messages())
    refusal = dev.send("ses", **{**SIMPLE, "Content": content}).json()
    assert refusal["Code"] == "BadRequestException"
    assert message in refusal["Message"]
    assert len(dev.messages()) == before


def test_an_sms_of_sns(dev):
    sender = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Shop"}}
    answer = dev.send("sns", PhoneNumber="+14155550100", Message="Your code is 123456", MessageAttributes=sender)
    newest = dev.messages()[0]
    assert answer.json() == f"local-{newest['number']}"
    assert (newest["kind"], newest["to"], newest["from"]) == ("SMS", ["+14155550100"], "Shop")
    assert newest["text"] == "Your code is 123456"


def test_a_topic_of_sns_is_refused(dev):
    refusal = dev.send("sns", TopicArn="arn:aws:sns:us-east-1:123456789012:topic", Message="x").json()
    assert refusal["Code"] == "InvalidParameter"
    assert "PhoneNumber" in refusal["Message"]


@pytest.mark.parametrize("secure", [True, False])
def test_smtp_to_a_server_elsewhere(dev, secure):
    answer = dev.send("smtp", subject="By SMTP", html='<a href="https://example.com/s">x</a>', secure=secure)
    assert answer.status_code == 200, dev.output.getvalue()
    newest = dev.messages()[0]
    assert (newest["service"], newest["subject"], newest["to"]) == ("SMTP", "By SMTP", ["ada@example.com"])
    assert newest["links"] == ["https://example.com/s"]


def test_supertokens_own_delivery_of_a_reset_and_a_verification(dev):
    fields = [{"id": "email", "value": "eve@example.com"}, {"id": "password", "value": "a password 1"}]
    headers = {"st-auth-mode": "cookie", "rid": "anti-csrf"}
    dev.client.post("/auth/signup", json={"formFields": fields}, headers=headers)
    assert dev.client.post("/auth/user/email/verify/token", headers=headers).json()["status"] == "OK"
    assert dev.messages()[0].items() >= {"to": ["eve@example.com"], "service": "SuperTokens' service"}.items()
    assert re.match(r"https://localhost:\d+/auth/verify-email\?token=", dev.messages()[0]["links"][0])
    assert dev.client.post("/auth/user/password/reset/token", json={"formFields": fields[:1]}).json()["status"] == "OK"
    assert dev.messages()[0]["subject"].startswith("Reset your password")
    assert "/auth/reset-password?token=" in dev.messages()[0]["links"][0]


@pytest.mark.parametrize(
    ("contact", "kind"), [({"email": "a@example.com"}, "e-mail"), ({"phoneNumber": "+14155550123"}, "SMS")]
)
def test_supertokens_own_delivery_of_a_code_signs_in(dev, contact, kind):
    created = dev.client.post("/auth/signinup/code", json=contact).json()
    assert created["status"] == "OK"
    newest = dev.messages()[0]
    assert (newest["kind"], newest["to"]) == (kind, list(contact.values()))
    [code] = re.findall(r"Code: (\w+)", newest["text"])
    proof = {"deviceId": created["deviceId"], "preAuthSessionId": created["preAuthSessionId"], "userInputCode": code}
    assert dev.client.post("/auth/signinup/code/consume", json=proof).json()["status"] == "OK"
    assert "/auth/verify?preAuthSessionId=" in newest["links"][0]


def test_the_console_tells_of_a_message_without_what_is_in_it(dev):
    simple = {"Body": {"Text": {"Data": "hello"}}, "Subject": {"Data": "123456 is your code for\x1b Shop"}}
    dev.send("ses", **{**SIMPLE, "Content": {"Simple": simple}})
    number = dev.messages()[0]["number"]
    [line] = [line for line in dev.output.getvalue().splitlines() if line.endswith(f"/_mailbox/{number}")]
    assert line == f"e-mail '… is your code for\\x1b Shop' by Amazon SES: {dev.url}/_mailbox/{number}"
    assert "ada@example.com" not in dev.output.getvalue()


def test_a_browser_cannot_send(dev):
    intake = intake_of(dev)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "none"}):
        form = {"Action": "Publish", "PhoneNumber": "+14155550100", "Message": "x"}
        assert httpx.post(intake, data=form, headers=headers).status_code == 403
    assert httpx.post(intake, data={}, headers={"host": "evil.example"}).status_code == 400


def test_a_body_without_end_is_refused(dev):
    intake = intake_of(dev)
    assert httpx.post(f"{intake}/v2/email/outbound-emails", content=b"x" * 10_000_001).status_code == 413
    assert httpx.post(intake, content=b"x" * 262_145).status_code == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"Content":1}', b'{"Content":{"Raw":{"Data":"*"}}}', b"\xff"])
def test_a_malformed_request_is_the_senders_fault(dev, body):
    intake = intake_of(dev)
    for path in ("/v2/email/outbound-emails", "/", "/0/services/sms", "/0/st/auth/email/verify"):
        assert httpx.post(f"{intake}{path}", content=body).status_code == 400, path


def intake_of(dev):
    [origin] = re.findall(r"Social sign-in: (http://127\.0\.0\.1:\d+)/provider", dev.output.getvalue())
    return origin
