"""Misconfigurations planted in the sample's template, each found by its name, and none in the sample."""

import json

import pytest
from tests.aws import aws_server

from .conftest import ROOT

APART = {"ApiDomain": "https://api.example.com", "WebsiteDomain": "https://www.example.com"}
SHARED = {**APART, "CookieDomain": ".example.com"}
ENDPOINT = "https://abc123.execute-api.eu-central-1.amazonaws.com"
AT_ENDPOINT = {"ApiDomain": ENDPOINT, "WebsiteDomain": ENDPOINT}
VARIABLES = "SUPERTOKENS_APP_NAME: !Ref AppName"
TEMPLATE = (ROOT / "template.yaml").read_text()
CORS = TEMPLATE[TEMPLATE.index("CorsConfiguration:") : TEMPLATE.index("\n\n  # `sam build` makes both")]
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
        [('"/auth/{proxy+}", Method: ANY', '"/auth/{proxy+}", Method: POST')],
        {},
        {"refresh-not-routed"},
    ),
    "refresh page elsewhere": ([], {"RefreshPath": "/renew"}, {"refresh-page-not-routed"}),
    "sign-in elsewhere": ([], {"WebsiteBasePath": "/login"}, {"sign-in-not-routed"}),
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
