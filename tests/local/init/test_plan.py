"""What `init` adds to templates of many kinds, read back by AWS's own translator."""

import re

import pytest
from tests.local.init.conftest import HEAD, function

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.template.syntax import load

HTTP_EVENT = "Type: HttpApi, Properties: {Path: /, Method: GET}"
REST_EVENT = "Type: Api, Properties: {Path: /, Method: GET}"
APIS = {
    "no API": ("", "http-api-2.0", "$default", ""),
    "an HTTP API of SAM's": (f"      Events: {{Home: {{{HTTP_EVENT}}}}}\n", "http-api-2.0", "$default", ""),
    "a REST API of SAM's": (f"      Events: {{Home: {{{REST_EVENT}}}}}\n", "rest-api", "Prod", "/Prod"),
    "an HTTP API": (
        "      Events: {Home: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /, Method: GET}}}\n"
        "  Web: {Type: AWS::Serverless::HttpApi}\n",
        "http-api-2.0",
        "$default",
        "",
    ),
    "an HTTP API with a stage": (
        "      Events: {Home: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /, Method: GET}}}\n"
        "  Web:\n    Type: AWS::Serverless::HttpApi\n    Properties: {StageName: live}\n",
        "http-api-2.0",
        "live",
        "/live",
    ),
    "a REST API": (
        "      Events: {Home: {Type: Api, Properties: {RestApiId: !Ref Web, Path: /, Method: GET}}}\n"
        "  Web:\n    Type: AWS::Serverless::Api\n    Properties: {StageName: !Ref Stage}\n"
        "Parameters: {Stage: {Type: String, Default: v1}}\n",
        "rest-api",
        "v1",
        "/v1",
    ),
    "a REST API at a domain": (
        "      Events: {Home: {Type: Api, Properties: {RestApiId: !Ref Web, Path: /, Method: GET}}}\n"
        "  Web:\n    Type: AWS::Serverless::Api\n    Properties: {StageName: v1}\n"
        "  Mapping:\n    Type: AWS::ApiGateway::BasePathMapping\n"
        "    Properties: {DomainName: app.example.com, RestApiId: !Ref Web, Stage: !Ref Web.Stage}\n",
        "rest-api",
        "v1",
        "",
    ),
    "no Events in a map": ("      Events:\n", "http-api-2.0", "$default", ""),
}
ROUTES = {
    ("GET", "/auth", "SuperTokensSignInFunction"),
    ("POST", "/auth", "SuperTokensSignInFunction"),
    ("POST", "/auth/sign-out", "SuperTokensSignInFunction"),
    ("GET", "/auth/reset-password", "SuperTokensSignInFunction"),
    ("POST", "/auth/reset-password", "SuperTokensSignInFunction"),
    ("ANY", "/auth/{proxy+}", "SuperTokensAuthFunction"),
    ("GET", "/refresh-session", "SuperTokensRefreshFunction"),
    ("GET", "/auth/session/refresh", "SuperTokensRefreshFunction"),
    ("POST", "/auth/session/refresh", "SuperTokensRefreshFunction"),
}


@pytest.mark.parametrize("name", APIS)
def test_the_routes_are_added_to_the_api_that_the_pages_are_behind(initialised, name):
    rest, event_source, stage, path = APIS[name]

    application = initialised(HEAD + function("Home", rest), guard=("Home",)).application

    routes = [route for route in application.routes if route.function.startswith("SuperTokens")]
    assert {(route.method, route.path, route.function) for route in routes} == ROUTES
    assert {(route.event_source, route.stage) for route in routes} == {(event_source, stage)}
    variables = {each.name: each.environment for each in application.functions}["SuperTokensSignInFunction"]
    assert variables.get("SUPERTOKENS_API_GATEWAY_PATH", "") == path


@pytest.mark.parametrize("width", [1, 3, 4, 8])
def test_a_template_may_be_indented_by_any_number_of_spaces(initialised, width):
    text = HEAD + function("Home", f"      Events: {{Home: {{{HTTP_EVENT}}}}}\n")
    wide = re.sub("^ +", lambda found: " " * (len(found[0]) // 2 * width), text, flags=re.MULTILINE)

    made, usual = initialised(wide, guard=("Home",)), initialised(text, guard=("Home",))

    assert load(made.text) == load(usual.text)
    level = max(width, 2)
    lines = [
        f"{' ' * (2 * width + depth * level)}{name}" for depth, name in enumerate(("Environment:", "Variables:", "S"))
    ]
    assert "\n".join(lines) in made.text


@pytest.mark.parametrize(
    "api", ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api\n    Properties: {ProtocolType: WEBSOCKET}"]
)
def test_a_second_api_is_made_beside_one_of_plain_cloudformation_where_it_is_asked_for(initialised, api):
    text = HEAD + function("Home") + f"  Other:\n    Type: {api}\n"

    application = initialised(text, api=None if "WEBSOCKET" in api else "http").application

    assert {route.event_source for route in application.routes} == {"http-api-2.0"}


def test_a_function_url_serves_all_of_a_site(initialised):
    text = HEAD + function("Home", "      FunctionUrlConfig: {AuthType: NONE}\n")

    application = initialised(text, guard=("Home",)).application

    [home] = application.functions
    assert home.name == "Home"
    assert "SUPERTOKENS_REFRESH_TABLE" in home.unset
    assert "dynamodb:PutItem" in (home.actions or ())
    with pytest.raises(InitError, match="one function serves all of a site"):
        initialised(HEAD + function("Home", "      FunctionUrlConfig: {AuthType: NONE}\n"))


def test_guarded_functions_get_the_layer_and_may_read_the_key(initialised):
    text = (
        HEAD + function("Home") + function("Reports", "      Layers:\n      - arn:aws:lambda:eu-west-1:1:layer:x:1\n")
    )

    application = initialised(text, guard=("Reports",)).application

    by_name = {each.name: each for each in application.functions}
    assert [layer.name for layer in by_name["Reports"].its_layers][-1] == "SuperTokensLayer"
    assert len(by_name["Reports"].its_layers) == 2
    assert by_name["Home"].its_layers == ()
    assert by_name["Reports"].actions == ("secretsmanager:GetSecretValue",)
    assert by_name["Home"].actions == ()
    assert by_name["SuperTokensAuthFunction"].actions == ("secretsmanager:GetSecretValue",)
    assert sorted(by_name["SuperTokensRefreshFunction"].actions) == [
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue",
    ]


def test_layers_of_globals_stay_and_the_layer_is_added(initialised):
    text = HEAD.replace("Function:", "Function:\n    Layers: [arn:aws:lambda:eu-west-1:1:layer:x:1]")

    application = initialised(text + function("Home"), guard=("Home",)).application

    assert {len(each.its_layers) for each in application.functions} == {2}


def test_a_role_of_the_application_may_read_the_key(initialised):
    role = "  Shared:\n    Type: AWS::IAM::Role\n    Properties: {AssumeRolePolicyDocument: {Statement: []}}\n"
    text = (
        HEAD
        + function("Home", "      Role: !GetAtt Shared.Arn\n")
        + function("Page", "      Role: !GetAtt Shared.Arn\n")
    )

    made = initialised(text + role, guard=("Home", "Page"))

    roles = load(made.text)["Resources"]["SuperTokensApiKeyPolicy"]["Properties"]["Roles"]
    assert roles.count({"Ref": "Shared"}) == 1


def test_a_function_with_a_condition_has_a_role_on_that_condition_alone(initialised):
    text = HEAD + "Conditions: {Big: !Equals [a, b]}\nResources:\n" + function("Home").removeprefix("Resources:\n")
    text = text.replace("    Type: AWS", "    Condition: Big\n    Type: AWS", 1)

    made = initialised(text, guard=("Home",))

    roles = load(made.text)["Resources"]["SuperTokensApiKeyPolicy"]["Properties"]["Roles"]
    assert {"Fn::If": ["Big", {"Ref": "HomeRole"}, {"Ref": "AWS::NoValue"}]} in roles


@pytest.mark.parametrize(
    ("auth", "event"),
    [
        ("HttpApi: {Auth: {DefaultAuthorizer: AWS_IAM, EnableIamAuthorizer: true}}", HTTP_EVENT),
        ("Api: {Auth: {DefaultAuthorizer: AWS_IAM}}", REST_EVENT),
        ("Api: {Auth: {ApiKeyRequired: true}}", REST_EVENT),
    ],
)
def test_routes_of_the_session_ask_for_nothing_that_the_api_asks_for_by_default(initialised, auth, event):
    text = HEAD.replace("Globals:\n", f"Globals:\n  {auth}\n") + function(
        "Home", f"      Events: {{Home: {{{event}}}}}\n"
    )

    made = initialised(text, guard=("Home",))

    events = load(made.text)["Resources"]["SuperTokensSignInFunction"]["Properties"]["Events"].values()
    assert all(
        {"Authorizer": "NONE"}.items() <= each["Properties"]["Auth"].items()
        or {"ApiKeyRequired": False}.items() <= each["Properties"]["Auth"].items()
        for each in events
    )


@pytest.mark.parametrize("path", ["/auth", "/auth/", "/auth/{id}", "/auth/session/refresh", "/refresh-session"])
def test_a_route_that_is_taken_is_named(initialised, path):
    event = f'      Events: {{Sign: {{Type: HttpApi, Properties: {{Path: "{path}", Method: post}}}}}}\n'

    with pytest.raises(InitError, match=rf"Login has the route POST {path} already; choose another --\w+-path"):
        initialised(HEAD + function("Login", event))
    initialised(HEAD + function("Login", event), auth_path="/account", refresh_path="/again")


@pytest.mark.parametrize("path", ["/{proxy+}", "/authors", "/{id}", "/", "$default"])
def test_other_routes_stay_beside_those_of_the_session(initialised, path):
    event = f'      Events: {{Sign: {{Type: HttpApi, Properties: {{Path: "{path}", Method: ANY}}}}}}\n'

    initialised(HEAD + function("Pages", event))


def test_paths_of_ones_own_are_routed_and_set(initialised):
    application = initialised(HEAD + function("Home"), auth_path="/account", refresh_path="/again").application

    assert {route.path for route in application.routes} == {
        path.replace("/auth", "/account").replace("/refresh-session", "/again") for _, path, _ in ROUTES
    }
    variables = next(each.environment for each in application.functions)
    assert variables["SUPERTOKENS_WEBSITE_BASE_PATH"] == variables["SUPERTOKENS_API_BASE_PATH"] == "/account"
    assert variables["SUPERTOKENS_REFRESH_PATH"] == "/again"


def test_recipes_with_claims_are_checked_on_every_page(initialised):
    made = initialised(HEAD + function("Home"), recipes=("emailpassword", "emailverification", "totp"))

    variables = load(made.text)["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["SUPERTOKENS_GLOBAL_CLAIM_VALIDATORS"] == "email-verification,multi-factor-auth"


def test_several_apis_are_asked_about(initialised):
    apis = "  One: {Type: AWS::Serverless::HttpApi}\n  Two: {Type: AWS::Serverless::HttpApi}\n"

    with pytest.raises(InitError, match="has several APIs; choose one with --api: One, Two"):
        initialised(HEAD + function("Home") + apis)
    with pytest.raises(InitError, match="has no API Three; choose one of One, Two"):
        initialised(HEAD + function("Home") + apis, api="Three")
    application = initialised(HEAD + function("Home") + apis, api="Two").application
    assert {route.api for route in application.routes} == {"Two"}


REFUSED = {
    "no SAM template": ("Resources: {}\n", (), "is not a SAM template; add `Transform"),
    "no such function": (HEAD + function("Home"), ("Page",), "has no function Page; those of Python are: Home"),
    "an image": (HEAD + function("Home", "      PackageType: Image\n"), ("Home",), "takes no layers; install"),
    "another language": (
        HEAD + function("Home", "      Runtime: nodejs22.x\n"),
        ("Home",),
        "not written in Python; guard",
    ),
    "two processors": (
        HEAD + function("Home", "      Architectures: [arm64]\n") + function("Page"),
        ("Home", "Page"),
        "different Architectures, and share one layer; give",
    ),
    "an unknown processor": (
        HEAD + function("Home", "      Architectures: [!ImportValue x]\n"),
        ("Home",),
        "Architectures of Home is not known here; write",
    ),
    "routes in a file": (
        HEAD
        + function("Home")
        + "  Web:\n    Type: AWS::Serverless::HttpApi\n    Properties: {DefinitionUri: a.yaml}\n",
        (),
        "its routes are in an OpenAPI definition of Web; add",
    ),
    "routes in the API": (
        HEAD
        + function(
            "Home", "      Events: {Home: {Type: Api, Properties: {RestApiId: !Ref Web, Path: /, Method: GET}}}\n"
        )
        + "  Web:\n    Type: AWS::Serverless::Api\n    Properties: {StageName: v1, DefinitionBody: {paths: {}}}\n",
        ("Home",),
        "its routes are in an OpenAPI definition of Web; add",
    ),
    "an API of plain CloudFormation": (
        HEAD + function("Home") + "  Web:\n    Type: AWS::ApiGateway::RestApi\n",
        ("Home",),
        "Web is not an API of AWS SAM; add the routes",
    ),
    "settings by a function": (
        HEAD.replace("Function:", "Function:\n    Environment: !If [a, b, c]") + function("Home"),
        (),
        "Globals.Function.Environment is not a plain map; write",
    ),
    "layers by a function": (
        HEAD + function("Home", "      Layers: !Split [',', x]\n"),
        ("Home",),
        "Resources.Home.Properties.Layers",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said(initialised, name):
    text, guard, problem = REFUSED[name]

    with pytest.raises(InitError, match=problem) as caught:
        initialised(text, guard=guard)
    assert str(caught.value).startswith("template.yaml: ")
    assert ";" in str(caught.value)


def test_the_processor_is_that_of_the_functions(initialised):
    text = HEAD.replace("Function:", "Function:\n    Architectures: [!Ref Processor]") + function("Home")
    text += "Parameters: {Processor: {Type: String, Default: arm64}}\n"

    made = initialised(text, guard=("Home",))

    assert {each.architecture for each in made.application.functions} == {"arm64"}
    assert "--architecture arm64" in made.files["layers/session/Makefile"]
    assert "--architecture x86_64" in initialised(HEAD + function("Home")).files["layers/session/Makefile"]


@pytest.mark.parametrize(
    ("paths", "home"),
    [
        (["/{proxy+}"], None),
        (["/users/{id}"], None),
        (["/{proxy+}", "/"], None),
        (["/users/{id}", "/users"], "/users"),
    ],
)
def test_a_sign_in_leads_to_a_page_that_exists(initialised, paths, home):
    events = ", ".join(
        f"E{number}: {{Type: Api, Properties: {{Path: '{path}', Method: GET}}}}" for number, path in enumerate(paths)
    )
    text = HEAD + function("Home", f"      Events: {{{events}}}\n")

    made = initialised(text, guard=("Home",))

    variables = load(made.text)["Globals"]["Function"]["Environment"]["Variables"]
    assert variables.get("SUPERTOKENS_SIGNED_IN_PATH") == home
    is_known = home or "/" in paths
    expected = "== 200" if is_known else "in (200, 404)"
    assert f'assert answer["statusCode"] {expected}' in made.files["tests/test_home_is_guarded.py"]


def test_settings_that_are_there_are_kept(initialised):
    given = """\
    Environment:
      Variables:
        SUPERTOKENS_CONNECTION_URI: https://core.example.com
        SUPERTOKENS_API_KEY_PARAMETER: /core/key
"""
    made = initialised(HEAD + given + function("Home"), guard=("Home",))

    template = load(made.text)
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["SUPERTOKENS_CONNECTION_URI"] == "https://core.example.com"
    assert "SUPERTOKENS_API_KEY_SECRET" not in variables
    assert {*template["Parameters"]} == {"SuperTokensDomain", "SuperTokensEmailSender"}
    assert "SuperTokensApiKeyPolicy" not in template["Resources"]
