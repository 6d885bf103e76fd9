"""Misconfigurations planted in the sample's template, each found by its name, and none in the sample."""

import json
import shutil

import pytest
from starlette.responses import JSONResponse
from tests.support.aws import aws_server
from tests.support.servers import served

from supertokens_lambda_local.doctor.deployment import from_template
from supertokens_lambda_local.doctor.examination import examine
from supertokens_lambda_local.doctor.finding import Finding
from supertokens_lambda_local.template.syntax import load_file, section

from .conftest import ROOT

APART = {"ApiDomain": "https://api.example.com", "WebsiteDomain": "https://www.example.com"}
SHARED = {**APART, "CookieDomain": ".example.com"}
ENDPOINT = "https://abc123.execute-api.eu-central-1.amazonaws.com"
AT_ENDPOINT = {"ApiDomain": ENDPOINT, "WebsiteDomain": ENDPOINT}
VARIABLES = "SUPERTOKENS_APP_NAME: !Ref AppName"
TEMPLATE = (ROOT / "template.yaml").read_text()
CORS = TEMPLATE[TEMPLATE.index("CorsConfiguration:") : TEMPLATE.index("\n\n  # `sam build` makes both")]
AUTH = """      Auth:
        DefaultAuthorizer: Guard
        Authorizers:
          Guard:
            FunctionArn: !GetAtt HomeFunction.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            Identity: {Headers: [cookie], ReauthorizeEvery: 60}
"""
SERVER = "{Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Servers, IntegrationType: HTTP_PROXY, "
SERVER += "IntegrationUri: 'https://server.example', IntegrationMethod: ANY, PayloadFormatVersion: '1.0'"
SERVERS = f"""  Servers: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Name: servers}}}}
  Told: {SERVER}, RequestParameters: {{'overwrite:header.x-user-id': $context.authorizer.userId}}}}}}
  Untold: {SERVER}}}}}
  One:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ApiId: !Ref Servers, RouteKey: GET /told, Target: !Sub "integrations/${{Told}}"}}
  Other:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ApiId: !Ref Servers, RouteKey: GET /untold, Target: !Sub "integrations/${{Untold}}"}}

"""
PLANTED = {
    "setting malformed": ([], {"CookieDomain": "a b"}, {"setting-malformed"}),
    "settings differ": (
        [
            (
                "SUPERTOKENS_REFRESH_TABLE: !Ref RefreshTable",
                "SUPERTOKENS_REFRESH_TABLE: !Ref RefreshTable\n          "
                "SUPERTOKENS_USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY: false",
            )
        ],
        {},
        {"settings-differ"},
    ),
    "all on http": ([], {"ApiDomain": "http://example.com", "WebsiteDomain": "http://example.com"}, {"http-origin"}),
    "website on http": (
        [],
        {"WebsiteDomain": "http://example.com"},
        {"secure-cookie-on-http", "http-origin", "sites-apart"},
    ),
    "other sites, lax": (
        [],
        {"WebsiteDomain": "https://example.org", "CookieSameSite": "lax"},
        {"same-site-too-strict", "sites-apart"},
    ),
    "tenants of a public suffix": (
        [],
        {"ApiDomain": "https://a.github.io", "WebsiteDomain": "https://b.github.io", "CookieSameSite": "strict"},
        {"same-site-too-strict", "sites-apart"},
    ),
    "none without https": (
        [],
        {"ApiDomain": "http://localhost:3000", "WebsiteDomain": "http://localhost:3000", "CookieSameSite": "none"},
        {"same-site-none-insecure"},
    ),
    "another's cookie domain": ([], {"CookieDomain": ".example.org"}, {"cookie-domain-mismatch"}),
    "the end of a name is no domain": ([], {"CookieDomain": "ample.com"}, {"cookie-domain-mismatch"}),
    "cookie domain of the API alone": ([], {**APART, "CookieDomain": "api.example.com"}, {"cookie-domain-mismatch"}),
    "public suffix": ([], {"CookieDomain": ".com"}, {"cookie-domain-public-suffix"}),
    "two hosts, no cookie domain": ([], APART, {"cookie-domain-missing"}),
    "stage left out": (
        [("    Properties:\n      # For", "    Properties:\n      StageName: dev\n      # For")],
        AT_ENDPOINT,
        {"stage-not-in-paths"},
    ),
    "stage that is none": ([], {**AT_ENDPOINT, "ApiGatewayPath": "/dev"}, {"stage-unexpected"}),
    "API at another path": ([], {"ApiBasePath": "/api"}, {"refresh-not-routed"}),
    "API by POST alone": (
        [
            ('"/auth/{proxy+}", Method: ANY', '"/auth/{proxy+}", Method: POST'),
            ('"/auth/session/refresh", Method: GET', '"/auth/session/refresh", Method: PUT'),
        ],
        {},
        {"refresh-not-routed"},
    ),
    "refresh page elsewhere": ([], {"RefreshPath": "/renew"}, {"refresh-page-not-routed"}),
    "sign-in elsewhere": ([], {"WebsiteBasePath": "/login"}, {"sign-in-not-routed"}),
    "handler of another file": (
        [
            (
                "CodeUri: functions/home/\n      Handler: app.handler",
                "CodeUri: functions/home/\n      Handler: main.handler",
            )
        ],
        {},
        {"handler-missing"},
    ),
    "handler of another name": (
        [("CodeUri: functions/auth/\n      Handler: app.handler", "CodeUri: functions/auth/\n      Handler: app.main")],
        {},
        {"handler-missing"},
    ),
    "folder of another name": ([("CodeUri: functions/home/", "CodeUri: functions/house/")], {}, {"handler-missing"}),
    "no layer at all": (
        [("    Layers: [!If [IsArm64, !Ref SessionLayer, !Ref SessionLayerX86]]\n", "")],
        {},
        {"layer-missing"},
    ),
    "layer of one function missing": (
        [
            ("    Layers: [!If [IsArm64, !Ref SessionLayer, !Ref SessionLayerX86]]\n", ""),
            ("      CodeUri: functions/", "      Layers: [!Ref SessionLayer]\n      CodeUri: functions/"),
            ("      Layers: [!Ref SessionLayer]\n      CodeUri: functions/home/", "      CodeUri: functions/home/"),
        ],
        {},
        {"layer-missing"},
    ),
    "layer of another processor": (
        [
            ("Layers: [!If [IsArm64, !Ref SessionLayer, !Ref SessionLayerX86]]", "Layers: [!Ref SessionLayer]"),
            ("Architectures: [!Ref Architecture]", "Architectures: [x86_64]"),
        ],
        {},
        {"layer-architecture"},
    ),
    "no processor said": ([("    Architectures: [!Ref Architecture]\n", "")], {}, {"layer-architecture"}),
    "layer of another runtime": (
        [("    Runtime: python3.13\n    Architectures", "    Runtime: python3.12\n    Architectures")],
        {},
        {"layer-runtime"},
    ),
    "SDK without time": ([("    Timeout: 10", "    Timeout: 3")], {}, {"sdk-timeout"}),
    "SDK without memory": ([("      MemorySize: 512", "      MemorySize: 128")], {}, {"sdk-memory"}),
    "SnapStart of an old runtime": (
        [("    Runtime: python3.13\n    Architectures", "    Runtime: python3.11\n    Architectures")],
        {"SnapStart": "PublishedVersions"},
        {"snap-start-unsupported", "layer-runtime"},
    ),
    "setting misspelt": (
        [("SUPERTOKENS_COOKIE_SAME_SITE:", "SUPERTOKENS_COOKIES_SAME_SITE:")],
        {},
        {"setting-misspelt"},
    ),
    "required setting misspelt": (
        [("SUPERTOKENS_CONNECTION_URI:", "SUPERTOKENS_CONNECTION_URL:")],
        {},
        {"setting-misspelt", "setting-malformed"},
    ),
    "stage in an origin": ([], {"ApiDomain": f"{ENDPOINT}/dev", "WebsiteDomain": ENDPOINT}, {"setting-malformed"}),
    "none without protection": (
        [],
        {"WebsiteDomain": "https://example.org", "CookieSameSite": "none", "AntiCsrf": "NONE", "CookieDomain": ""},
        {"setting-malformed"},
    ),
    "authorizer that is cached, before everything": (
        [("      # For a frontend on", AUTH + "      # For a frontend on")],
        {},
        {"authorizer-cached", "page-guarded"},
    ),
    "server that believes the visitor": (
        [
            (
                "  # The core's API key, where it is kept as a parameter",
                SERVERS + "  # The core's API key, where it is kept as a parameter",
            )
        ],
        {},
        {"backend-header-unmapped"},
    ),
    "payload formats": (
        [('Path: "/auth", Method: POST}', 'Path: "/auth", Method: POST, PayloadFormatVersion: "1.0"}')],
        {},
        {"payload-formats-mixed"},
    ),
    "load balancer": (
        [
            (
                "  Logs:\n",
                "  Targets:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: "
                "{TargetType: lambda}\n\n  Logs:\n",
            )
        ],
        {},
        {"load-balancer-one-cookie"},
    ),
    "no CORS": ([(CORS, "Description: x")], SHARED, {"cors-missing"}),
    "CORS for another": (
        [("AllowOrigins: [!Ref WebsiteDomain]", "AllowOrigins: ['https://example.org']")],
        SHARED,
        {"cors-origin"},
    ),
    "CORS without cookies": ([("AllowCredentials: true", "AllowCredentials: false")], SHARED, {"cors-credentials"}),
    "CORS without rid": ([("content-type, rid,", "content-type,")], SHARED, {"cors-headers"}),
    "CORS hides front-token": (
        [("ExposeHeaders: [front-token,", "ExposeHeaders: [")],
        SHARED,
        {"cors-exposed-headers"},
    ),
    "key in the template": (
        [(VARIABLES, VARIABLES + "\n        SUPERTOKENS_API_KEY: planted-key-of-the-core")],
        {},
        {"core-key-in-template"},
    ),
    "key not readable": (
        [("Action: ssm:GetParameter\n", "Action: ssm:PutParameter\n")],
        {"ApiKeyParameter": "/core/key"},
        {"core-key-permission"},
    ),
    "no table": ([("SUPERTOKENS_REFRESH_TABLE: !Ref RefreshTable", "OTHER: other")], {}, {"table-not-set"}),
    "no such table": (
        [("SUPERTOKENS_REFRESH_TABLE: !Ref RefreshTable", "SUPERTOKENS_REFRESH_TABLE: !Ref Logs")],
        {},
        {"table-missing"},
    ),
    "table of another key": (
        [("{AttributeName: id, KeyType: HASH}", "{AttributeName: pk, KeyType: HASH}")],
        {},
        {"table-key"},
    ),
    "table that keeps all": (
        [("AttributeName: expiration, Enabled: true", "AttributeName: expiration, Enabled: false")],
        {},
        {"table-no-ttl"},
    ),
    "table not writable": (
        [("                - dynamodb:DeleteItem", "                - dynamodb:GetItem")],
        {},
        {"table-permission"},
    ),
    "core out of reach": ([], {"ConnectionUri": "http://127.0.0.1:9"}, {"core-unreachable"}),
    "file of keys that is not there": (
        [
            (
                VARIABLES,
                VARIABLES + "\n        SUPERTOKENS_JWKS_FILE: /nowhere/keys.json"
                "\n        SUPERTOKENS_USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY: false",
            )
        ],
        {},
        {"key-file-unreadable"},
    ),
}


@pytest.mark.parametrize(("edits", "parameters", "expected"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found_and_nothing_else(found, edits, parameters, expected):
    assert found(*edits, **parameters) == expected


def test_a_refresh_by_a_script_needs_it_built(found, tmp_path):
    # A copy: in the project's own folder somebody may have built it.
    shutil.copytree(ROOT / "functions/refresh_session", tmp_path / "copy", ignore=shutil.ignore_patterns("static"))
    copied = ("CodeUri: functions/refresh_session/", f"CodeUri: {tmp_path / 'copy'}")

    assert found(copied, RefreshWith="browser-sdk") == {"refresh-script-missing"}

    script = tmp_path / "copy/static/refresh_session.js"
    script.parent.mkdir()
    script.touch()
    assert found(copied, RefreshWith="browser-sdk") == set()


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        SHARED,
        AT_ENDPOINT,
        {"ApiDomain": "http://localhost:3000", "WebsiteDomain": "http://localhost:3000"},
        {"CookieDomain": "example.com", "CookieSameSite": "strict"},
        {"ApiKeyParameter": "/core/key"},
        {"ApiKeySecret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:core"},
    ],
)
def test_nothing_is_found_in_the_sample(found, parameters):
    assert found(**parameters) == set()


def test_a_table_that_only_its_name_is_known_of_is_asked_for(found, monkeypatch):
    import boto3

    named = ("SUPERTOKENS_REFRESH_TABLE: !Ref RefreshTable", "SUPERTOKENS_REFRESH_TABLE: doctor-refreshes")
    assert found(named) == set()
    with aws_server() as uri:
        monkeypatch.setenv("AWS_ENDPOINT_URL", uri)
        assert found(named) == {"table-missing"}
        boto3.client("dynamodb").create_table(
            TableName="doctor-refreshes",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        assert found(named) == {"table-key", "table-no-ttl"}


def test_a_file_of_keys(found, core, tmp_path):
    import httpx

    keys = tmp_path / "keys.json"
    setting = f"\n        SUPERTOKENS_JWKS_FILE: {keys}"
    keys.write_text(httpx.get(f"{core.uri}/.well-known/jwks.json").text)
    static = "\n        SUPERTOKENS_USE_DYNAMIC_ACCESS_TOKEN_SIGNING_KEY: false"
    assert found((VARIABLES, VARIABLES + setting + static)) == set()
    assert found((VARIABLES, VARIABLES + setting)) == {"key-file-dynamic"}
    keys.write_text(json.dumps({"keys": [{"kid": "s-another"}]}))
    assert found((VARIABLES, VARIABLES + setting + static)) == {"key-file-foreign"}


MAIL = {"EmailSender": "no-reply@mail.example.com"}
BY_SES = "email_delivery=delivery.ses(settings)"
RECIPES = {
    "emailpassword.init()": {"delivery-demonstration"},
    "emailpassword.init(None, None, None)": {"delivery-demonstration"},
    "emailpassword.init(email_delivery=EmailDeliveryConfig(override=own))": set(),
    "emailpassword.init(**options)": set(),
    f"emailpassword.init({BY_SES})": set(),
    f"emailverification.init(mode='REQUIRED', {BY_SES})": {"delivery-sender-missing"},
    f"emailverification.init('OPTIONAL', {BY_SES})": set(),
    "emailverification.init(mode='OPTIONAL')": {"delivery-demonstration"},
    f"passwordless.init(ContactEmailOnlyConfig(), 'MAGIC_LINK', {BY_SES})": {"delivery-sender-missing"},
    f"passwordless.init(ContactEmailOrPhoneConfig(), 'MAGIC_LINK', {BY_SES})": {
        "delivery-sender-missing",
        "delivery-demonstration",
    },
    "passwordless.init(ContactPhoneOnlyConfig(), 'MAGIC_LINK')": {"delivery-demonstration"},
    "passwordless.init(ContactPhoneOnlyConfig(), 'MAGIC_LINK', sms_delivery=delivery.sns(settings))": {
        "delivery-permission"
    },
}


@pytest.fixture
def with_recipe(found, tmp_path):
    """Examine the sample with a recipe of the test's choice."""

    def find(recipe, *edits, **parameters):
        layer = tmp_path / "with-recipe"
        if not layer.exists():
            shutil.copytree(ROOT / "layers/session", layer)
            (layer / "requirements.txt").write_text("supertokens-python==0.31.4\ntwilio==9.0.0\n")
        (layer / "backend_config.py").write_text(f"def recipe_list(settings):\n    return [{recipe}]\n")
        return found(("ContentUri: layers/session/", f"ContentUri: {layer}/"), *edits, **parameters)

    return find


@pytest.mark.parametrize(("recipe", "expected"), RECIPES.items())
def test_a_recipe_that_sends_by_nothing_or_by_nobody(with_recipe, recipe, expected):
    assert with_recipe(recipe) == expected


def test_a_function_that_may_not_send(with_recipe):
    both = (
        f"passwordless.init(ContactEmailOrPhoneConfig(), 'MAGIC_LINK', {BY_SES}, sms_delivery=delivery.sns(settings))"
    )

    assert with_recipe(both, SendSms="true", **MAIL) == set()
    assert with_recipe(both, ("Action: ses:SendEmail", "Action: ses:SendBounce"), SendSms="true", **MAIL) == {
        "delivery-permission"
    }
    assert with_recipe(both, SendSms="false", **MAIL) == {"delivery-permission"}


def test_a_sender_that_ses_does_not_know_or_has_not_verified(found, monkeypatch):
    import boto3
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.ses.models import ses_backends

    assert found(**MAIL) == set(), "nobody is there to be asked"
    with aws_server() as uri:
        monkeypatch.setenv("AWS_ENDPOINT_URL", uri)
        assert found(**MAIL) == {"delivery-identity-missing"}
        backend = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"]
        try:
            for identity in ("no-reply@mail.example.com", "example.com"):
                boto3.client("sesv2").create_email_identity(EmailIdentity=identity)
            assert found(**MAIL) == {"delivery-identity-unverified"}
            backend.email_identities["example.com"].verified_for_sending_status = True
            assert found(**MAIL) == set()
        finally:
            backend.reset()


def test_an_account_in_the_sandbox(found, monkeypatch):
    def ses(scope: dict[str, str]) -> JSONResponse:
        is_account = scope["path"].endswith("/account")
        return JSONResponse({"ProductionAccessEnabled": False} if is_account else {"VerifiedForSendingStatus": True})

    async def application(scope, receive, send):
        await ses(scope)(scope, receive, send)

    with served(application) as uri:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", uri)
        assert found(**MAIL) == {"delivery-sandbox"}


EXAMPLES = sorted((ROOT / "examples").glob("*/template.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_nothing_is_found_in_the_examples(core, file):
    declared = section(load_file(file), "Parameters")
    values = {
        "ConnectionUri": core.uri,
        "ApiKeySecret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:core",
        "ApiDomain": "https://example.com",
        "WebsiteDomain": "https://example.com",
        "Domain": "https://example.com",
    }
    outcomes = examine(from_template(file, {name: value for name, value in values.items() if name in declared}))
    assert [outcome.code.value for outcome in outcomes if isinstance(outcome, Finding)] in ([], ["table-not-set"])


def test_a_finding_names_all_the_functions_that_it_concerns_once(core, template):
    given = {"ConnectionUri": core.uri, "ApiDomain": "https://example.com", "WebsiteDomain": "https://example.com"}
    file = template(("    Layers: [!If [IsArm64, !Ref SessionLayer, !Ref SessionLayerX86]]\n", ""))
    [finding] = [found for found in examine(from_template(file, given)) if isinstance(found, Finding)]
    assert finding.functions == (
        "HomeFunction",
        "DashboardFunction",
        "ReportsFunction",
        "AccountFunction",
        "NotFoundFunction",
        "SignInFunction",
        "AuthFunction",
        "RefreshSessionFunction",
    )


def test_a_recipe_that_needs_what_the_layer_leaves_out(core, tmp_path):
    layer = tmp_path / "layers/session"
    layer.mkdir(parents=True)
    (layer / "supertokens_lambda").mkdir()
    (layer / "backend_config.py").write_text("from supertokens_python.ingredients.smsdelivery.types import X")
    (layer / "requirements.txt").write_text("supertokens-python==0.31.4")
    (tmp_path / "functions").symlink_to(ROOT / "functions")
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    given = {"ConnectionUri": core.uri, "ApiDomain": "https://example.com", "WebsiteDomain": "https://example.com"}

    def codes():
        outcomes = examine(from_template(tmp_path / "template.yaml", given))
        return [outcome.code.value for outcome in outcomes if isinstance(outcome, Finding)]

    assert codes() == ["layer-without-package"]
    for requirements in ("supertokens-python==0.31.4\ntwilio==9.0.0\n", "supertokens-lambda==0.1.0\n"):
        (layer / "requirements.txt").write_text(requirements)
        assert codes() == []
