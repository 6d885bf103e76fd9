"""E-mails by SES and text messages by SNS, sent by SuperTokens' SDK to servers that speak for AWS."""

import logging
import re
import sys
from itertools import count
from textwrap import dedent
from urllib.parse import quote

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from supertokens_python.recipe.passwordless.asyncio import send_email
from supertokens_python.recipe.passwordless.types import PasswordlessLoginEmailTemplateVars as EmailVariables
from supertokens_python.recipe.passwordless.types import PasswordlessLoginSMSTemplateVars as SmsVariables
from tests.support.refusing_aws import SENT, SUPPRESSED, refusing_aws

from supertokens_lambda import delivery, http_handler, verify_session
from supertokens_lambda._budgets import Budgets
from supertokens_lambda._delivery import clients
from supertokens_lambda._event_loop import run
from supertokens_lambda._runtime import current
from supertokens_lambda._verification.verdict import Failed, Unavailable

SENDER = "no-reply@example.com"
SETTINGS = {"EMAIL_SENDER": SENDER, "APP_NAME": "The “Shop”, Inc."}
RECIPES = """
    from supertokens_python.recipe import emailpassword, emailverification, passwordless, session

    from supertokens_lambda import delivery
    from supertokens_lambda.settings import session_options

    def override(original):
        get_content = original.get_content

        async def own_content(template_vars, user_context):
            content = await get_content(template_vars, user_context)
            content.subject = "Please verify"
            content.body, content.is_html = f"Open {template_vars.email_verify_link}", False
            return content

        original.get_content = own_content
        return original

    def recipe_list(settings):
        return [
            session.init(**session_options(settings)),
            emailpassword.init(email_delivery=delivery.ses(settings)),
            emailverification.init(mode="OPTIONAL", email_delivery=delivery.ses(settings, override=override)),
            passwordless.init(
                contact_config=passwordless.ContactEmailOrPhoneConfig(),
                flow_type="USER_INPUT_CODE_AND_MAGIC_LINK",
                email_delivery=delivery.ses(settings),
                sms_delivery=delivery.sns(settings),
            ),
        ]
"""
_numbers = count()


@pytest.fixture(scope="module", autouse=True)
def _recipes(started_toolkit, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "backend_config.py").write_text(dedent(RECIPES))
    started_toolkit.stop()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.delitem(sys.modules, "backend_config", raising=False)
        yield
        sys.modules.pop("backend_config", None)
        started_toolkit.stop()


@pytest.fixture(autouse=True)
def _new_clients(aws, toolkit, monkeypatch):
    """Let the clients be of the test's endpoints, and give them time that no busy machine exceeds."""
    monkeypatch.setattr(Budgets, "delivery", 30.0)
    monkeypatch.setattr(Budgets, "api", 60.0)
    clients.client.cache_clear()
    yield
    clients.client.cache_clear()


@pytest.fixture
def ses(aws):
    """The e-mails that SES has sent."""
    aws("sesv2").create_email_identity(EmailIdentity=SENDER)
    backend = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"]
    backend.sent_messages.clear()
    yield backend.sent_messages
    backend.reset()


@pytest.fixture
def refusing(aws, monkeypatch):
    """A server that refuses, in the place of SES and SNS."""
    with refusing_aws() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", server.uri)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", server.uri)
        yield server


@pytest.fixture
def email(seen_tokens):
    address = f"somebody-{next(_numbers)}@example.org"
    seen_tokens.add(address)
    return address


@pytest.fixture
def phone(seen_tokens):
    number = f"+4915112345{next(_numbers):03}"
    seen_tokens.add(number)
    return number


@pytest.fixture
def call(browser):
    """Call SuperTokens' API as a form of the application does."""

    def post(path, **content):
        return current().api.call(browser.request("/auth", method="POST"), path, content)

    return post


def fields(**values):
    return [{"id": name, "value": value} for name, value in values.items()]


@pytest.fixture
def account(call, email):
    """An account with an e-mail address and a password."""
    answer = call("/signup", formFields=fields(email=email, password="correct-horse-1"))
    assert answer.content["status"] == "OK"
    return email


def reset(call, email):
    return call("/user/password/reset/token", formFields=fields(email=email))


class TestWhatIsSent:
    def test_the_reset_of_a_password(self, call, account, ses):
        answer = reset(call, account)

        assert (answer.status, answer.content) == (200, {"status": "OK"})
        (sent,) = ses
        assert sent.destinations == {"ToAddresses": [account]}
        assert sent.source.endswith(f"<{SENDER}>")
        assert sent.subject == "Password reset instructions"
        token = re.search(r"/auth/reset-password\?token=([^&\"]+)", sent.body)
        assert token
        assert "Shop" in sent.body

        changed = call(
            "/user/password/reset",
            formFields=fields(password="correct-horse-2"),
            method="token",
            token=token[1],
        )
        assert changed.content["status"] == "OK"

    def test_the_verification_of_an_address_in_words_of_the_application(self, browser, email, ses):
        @http_handler
        def api(request):
            return current().api.serve(request)

        def post(path, **content):
            return browser.call(api, f"/auth{path}", content)

        assert post("/signup", formFields=fields(email=email, password="correct-horse-1")).status == 200
        assert post("/user/email/verify/token").status == 200

        (sent,) = ses
        assert (sent.destinations, sent.subject) == ({"ToAddresses": [email]}, "Please verify")
        token = re.fullmatch(r"Open https://\S+/auth/verify-email\?token=([^&]+)\S*", sent.body)
        assert token
        assert post("/user/email/verify", method="token", token=token[1]).status == 200

    def test_a_link_and_a_code_by_e_mail(self, call, email, ses):
        begun = call("/signinup/code", email=email)

        assert begun.content["status"] == "OK"
        (sent,) = ses
        assert sent.destinations == {"ToAddresses": [email]}
        link = re.search(r"/auth/verify\?preAuthSessionId=([^&\"]+)&(?:amp;)?tenantId=public#([\w=-]+)", sent.body)
        assert link
        signed_in = call("/signinup/code/consume", preAuthSessionId=link[1], linkCode=link[2])
        assert signed_in.content["status"] == "OK"

    def test_a_code_by_text_message(self, call, phone, aws):
        messages = sns_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sms_messages
        messages.clear()

        begun = call("/signinup/code", phoneNumber=phone)

        assert begun.content["status"] == "OK"
        ((to, message),) = messages.values()
        assert to == phone
        code = re.search(r"OTP to login is (\w+) for", message)
        assert code
        signed_in = call(
            "/signinup/code/consume",
            preAuthSessionId=begun.content["preAuthSessionId"],
            deviceId=begun.content["deviceId"],
            userInputCode=code[1],
        )
        assert signed_in.content["status"] == "OK"

    def test_from_whom_the_settings_say(self, toolkit, browser, email, phone, call, refusing):
        toolkit(EMAIL_CONFIGURATION_SET="mail", SMS_SENDER_ID="Shop", SMS_ORIGINATION_NUMBER="+12065550100")

        assert call("/signinup/code", email=email).status == 200
        assert call("/signinup/code", phoneNumber=phone).status == 200

        bodies = [body for path, body in refusing.asked if not path.startswith(SUPPRESSED)]
        assert '"ConfigurationSetName": "mail"' in bodies[0]
        for name, value in {
            "AWS.SNS.SMS.SMSType": "Transactional",
            "AWS.SNS.SMS.SenderID": "Shop",
            "AWS.MM.SMS.OriginationNumber": "+12065550100",
        }.items():
            assert re.search(rf"Name={name}&\S*?StringValue={quote(value, safe='')}(&|$)", bodies[1])


NOT_VERIFIED = "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: {}"
EMAIL_FAULTS = {
    "throttled": (429, "TooManyRequestsException", "Maximum sending rate exceeded.", "sends faster than it may"),
    "limited": (400, "LimitExceededException", "no", "sends faster than it may"),
    "quota": (429, "TooManyRequestsException", "Daily message quota exceeded.", "daily quota"),
    "broken": (503, "ServiceUnavailable", "no", "the service failed"),
}
EMAIL_REFUSALS = {
    "permission": (403, "AccessDeniedException", "User `x' may not", "allow ses:SendEmail"),
    "sender": (400, "MessageRejected", NOT_VERIFIED.format(f"Shop <{SENDER}>, {{}}"), "the sender is not verified"),
    "sandbox": (400, "MessageRejected", NOT_VERIFIED.format("{}"), "in the sandbox"),
    "paused": (400, "SendingPausedException", "Sending paused for this account.", "sending is paused"),
    "suspended": (400, "AccountSuspendedException", "no", "sending is paused"),
    "mail from": (400, "MailFromDomainNotVerifiedException", "no", "publish its MX record"),
    "configuration set": (404, "NotFoundException", "Configuration set <mail> does not exist.", "does not exist"),
    "credentials": (403, "UnrecognizedClientException", "no", "the credentials"),
    "content": (400, "MessageRejected", "Message contains a virus", "refused the content"),
    "new": (418, "TeapotException", "no", "TeapotException"),
    "no code": (418, "<somebody@example.org>", "no", "unknown code"),
}
SMS_FAULTS = {
    "throttled": (400, "Throttling", "Rate exceeded", "sends faster than it may"),
    "broken": (500, "InternalError", "no", "the service failed"),
}
SMS_REFUSALS = {
    "permission": (403, "AuthorizationError", "no", "allow sns:Publish"),
    "sandbox": (400, "UserError", "{} is not verified in the SMS sandbox", "in the SMS sandbox"),
    "sender": (400, "InvalidParameter", "Invalid parameter: SenderID", "SUPERTOKENS_SMS_SENDER_ID"),
}


def refuse(refusing, fault, recipient):
    status, code, message, words = fault
    refusing.status, refusing.code, refusing.message = status, code, message.format(recipient)
    return words


def warned(records, words):
    return [record for record in records.all if record.levelno == logging.WARNING and words in record.getMessage()]


class TestWhatAwsRefuses:
    @pytest.mark.parametrize("fault", EMAIL_FAULTS.values(), ids=EMAIL_FAULTS)
    def test_an_e_mail_that_cannot_be_sent_now_is_503(self, call, account, refusing, records, fault):
        words = refuse(refusing, fault, account)

        answer = reset(call, account)

        assert isinstance(answer, Unavailable)
        assert records.outcomes[-1] == ("unavailable", "delivery-unavailable")
        assert warned(records, words)

    @pytest.mark.parametrize("fault", EMAIL_REFUSALS.values(), ids=EMAIL_REFUSALS)
    def test_an_e_mail_that_a_person_must_make_possible_is_500(self, call, account, refusing, records, fault):
        words = refuse(refusing, fault, account)

        answer = reset(call, account)

        assert isinstance(answer, Failed)
        assert records.outcomes[-1] == ("error", "delivery-failed")
        assert warned(records, words)

    @pytest.mark.parametrize("fault", [*SMS_FAULTS.values(), *SMS_REFUSALS.values()], ids=[*SMS_FAULTS, *SMS_REFUSALS])
    def test_a_text_message_likewise(self, call, phone, refusing, records, fault):
        words = refuse(refusing, fault, phone)

        answer = call("/signinup/code", phoneNumber=phone)

        assert isinstance(answer, Unavailable if fault in SMS_FAULTS.values() else Failed)
        assert warned(records, words)

    @pytest.mark.parametrize("message", ["{} is opted out", "Invalid parameter: PhoneNumber Reason: {} is not valid"])
    def test_a_number_that_gets_no_messages_is_told(self, call, phone, refusing, records, message):
        refuse(refusing, (400, "InvalidParameter", message, ""), phone)

        answer = call("/signinup/code", phoneNumber=phone)

        assert answer.status == 400
        assert answer.content["message"] == "No text message can be sent to this number. Please use another one."
        assert warned(records, "Amazon SNS")

    def test_a_service_out_of_reach_is_503(self, call, account, refusing, records, dead_port, monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", dead_port.uri)

        assert isinstance(reset(call, account), Unavailable)
        assert warned(records, "EndpointConnectionError")

    @pytest.mark.parametrize("budget", ["delivery", "api"])
    def test_a_service_that_hangs_is_503_within_the_budget(self, call, account, refusing, records, monkeypatch, budget):
        monkeypatch.setattr(Budgets, budget, 1.5)
        refusing.hangs = True

        assert isinstance(reset(call, account), Unavailable)
        assert records.outcomes[-1] == ("unavailable", "delivery-unavailable")

    def test_nothing_is_sent_a_second_time(self, call, account, refusing):
        refuse(refusing, EMAIL_FAULTS["broken"], account)

        reset(call, account)

        assert [path for path, _ in refusing.asked] == [SENT]

    def test_a_missing_sender_is_told(self, toolkit, call, browser, email, records):
        toolkit(EMAIL_SENDER=None)

        assert isinstance(call("/signinup/code", email=email), Failed)
        assert warned(records, "SUPERTOKENS_EMAIL_SENDER is missing")


class TestTheSuppressionList:
    def test_a_suppressed_address_is_told(self, call, email, refusing, records):
        refusing.suppression = (200, "")

        answer = call("/signinup/code", email=email)

        assert answer.status == 400
        assert answer.content["message"] == "No e-mail can be sent to this address. Please use another one."
        assert warned(records, "on the suppression list")

    def test_the_reset_of_a_password_does_not_tell_that_there_is_an_account(self, call, account, refusing, records):
        refusing.suppression = (200, "")

        assert reset(call, account).content == reset(call, "nobody@example.org").content == {"status": "OK"}
        assert warned(records, "on the suppression list")

    @pytest.mark.parametrize(
        ("answer", "questions"),
        [((429, "TooManyRequestsException"), 2), ((404, "NotFoundException"), 2), ((403, "AccessDeniedException"), 1)],
    )
    def test_an_e_mail_without_an_answer_counts_as_sent(self, toolkit, call, email, refusing, answer, questions):
        toolkit(APP_NAME=f"Another {next(_numbers)}")
        refusing.suppression = answer

        assert [call("/signinup/code", email=email).status for _ in range(2)] == [200, 200]
        assert sum(path.startswith(SUPPRESSED) for path, _ in refusing.asked) == questions


def test_a_list_of_addresses_gets_no_e_mail(email, refusing):
    from supertokens_lambda._delivery.ses import Ses

    for several in (f"{email}, other@example.org", f"{email}\nother@example.org", f"A <{email}>", ""):
        with pytest.raises(delivery.RecipientRefusedError, match="not one address"):
            Ses(current().settings).send(several, "a", "b", is_html=False)
    assert not refusing.asked


class TestAnOverride:
    def test_may_send_in_another_way(self, phone, refusing):
        from supertokens_python.ingredients.smsdelivery.types import SMSContent

        sent = []

        def override(original):
            send = original.send_raw_sms

            async def send_raw_sms(content, user_context, from_=None, messaging_service_sid=None):
                sent.append((content.body, from_))
                await send(SMSContent("Shorter", content.to_phone), user_context, from_="12345")

            original.send_raw_sms = send_raw_sms
            return original

        current().sdk.start()
        service = delivery.sns(current().settings, override=override).service
        assert service is not None
        run(service.send_sms(SmsVariables("public", 1000, "id", phone, True, "123456"), {}))

        ((body, from_),) = sent
        assert body.startswith("OTP to login is 123456")
        assert from_ is None
        ((_, request),) = refusing.asked
        assert "Message=Shorter" in request
        assert "StringValue=12345" in request

    def test_is_asked_for_where_supertokens_has_no_text(self):
        class Variables:
            """Of no recipe."""

        service = delivery.ses(current().settings).service
        assert service is not None
        with pytest.raises(delivery.DeliveryError, match=r"no template .* override get_content"):
            run(service.send_email(Variables(), {}))


@pytest.mark.parametrize("content", [{"subject": None}, {"body": 1}])
def test_a_malformed_content_is_told(email, refusing, content):
    from supertokens_lambda._delivery.ses import Ses

    with pytest.raises(delivery.DeliveryError, match="a value is malformed; check what get_content returns"):
        Ses(current().settings).send(email, **({"subject": "a", "body": "b"} | content), is_html=False)


def test_a_page_that_sends_answers_as_the_api(browser, toolkit, email, refusing, records):
    @verify_session(session_required=False)
    def page(event, context, session):
        current().sdk.start()
        run(send_email(EmailVariables("public", 1000, "id", email, is_first_factor=True, user_input_code="123456")))
        return {"statusCode": 200}

    assert browser.open(page).status == 200
    refuse(refusing, EMAIL_FAULTS["throttled"], email)
    assert browser.open(page).status == 503
    assert records.outcomes[-1] == ("unavailable", "delivery-unavailable")
    refuse(refusing, EMAIL_REFUSALS["permission"], email)
    assert browser.open(page).status == 500


def test_the_aws_sdk_logs_no_requests(call, email, refusing, caplog):
    for name in ("botocore", "urllib3"):
        caplog.set_level(logging.DEBUG, name)

    assert call("/signinup/code", email=email).status == 200
    assert not [record for record in caplog.records if record.name.startswith(("botocore", "urllib3"))]
