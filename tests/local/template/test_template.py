from dataclasses import replace
from pathlib import Path

import pytest

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.api_model import Route
from supertokens_lambda_local.template.model import Omission
from supertokens_lambda_local.template.reader import check_served, read_template

ROOT = Path(__file__).parents[3]


@pytest.fixture
def read(tmp_path):
    def read(text, parameters=None):
        (tmp_path / "code").mkdir(exist_ok=True)
        file = tmp_path / "template.yaml"
        file.write_text(text)
        application = read_template(file, parameters)
        check_served(file, application)
        return application

    return read


def routes_of(application):
    """Give the routes without the names of their APIs, which SAM may have made up."""
    return tuple(replace(route, api="") for route in application.routes)


OTHER = "{Type: Schedule, Properties: {Schedule: rate(1 day)}}"


def template(function="", resources="", head="", event="{Type: HttpApi, Properties: {Path: /, Method: GET}}"):
    return f"""
{head}
Resources:
{resources}
  Page:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: app.handler
      Runtime: python3.13
      Events:
        Get: {event}
{function}
"""


def test_a_function_with_nothing_said_has_the_defaults_of_aws(read, tmp_path):
    application = read(template())

    [function] = application.functions
    assert function.name == "Page"
    assert function.code_uri == tmp_path / "code"
    assert (function.timeout, function.memory_size, function.layers, function.environment) == (3, 128, (), {})
    assert routes_of(application) == (Route("GET", "/", "http-api-2.0", "$default", "Page"),)
    assert application.omissions == ()


def test_globals_come_first_and_lists_add_up(read, tmp_path):
    (tmp_path / "first" / "python").mkdir(parents=True)
    (tmp_path / "second").mkdir()
    head = """
Globals:
  Function:
    Timeout: 9
    Layers: [!Ref First]
    Environment: {Variables: {A: common, B: common}}
"""
    layers = """
  First: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: first}}
  Second: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: second}}
"""
    own = """
      MemorySize: 512
      Layers: [!Ref Second]
      Environment: {Variables: {B: own, C: own}}
"""
    [function] = read(template(own, layers, head)).functions

    assert (function.timeout, function.memory_size) == (9, 512)
    assert function.layers == (tmp_path / "first", tmp_path / "first/python", tmp_path / "second")
    assert function.environment == {"A": "common", "B": "own", "C": "own"}


def test_variables_without_a_value_on_this_machine_are_left_out_and_told(read):
    head = """
Parameters:
  NoDefault: {Type: String}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /name}
Conditions:
  Never: !Equals [a, b]
"""
    own = """
      Environment:
        Variables:
          KEPT: !Sub "${AWS::Region}-${!x}"
          TABLE: !Ref Table
          ARN: !GetAtt Table.Arn
          SUB: !Sub "arn ${Table.Arn}"
          SECRET: "{{resolve:secretsmanager:key}}"
          PARAMETER: "{{resolve:ssm:/key:1}}"
          STORED: !Ref Stored
          OPEN: !Ref NoDefault
          NONE: !If [Never, 1, !Ref "AWS::NoValue"]
          STACK: !Ref AWS::StackId
          IMPORTED: !ImportValue x
"""
    resources = "  Table: {Type: AWS::DynamoDB::Table}"
    application = read(template(own, resources, head))

    assert application.functions[0].environment == {"KEPT": "us-east-1-${x}"}
    reasons = {omission.name: omission.reason for omission in application.omissions}
    assert reasons == {
        "TABLE": "Table has no value on this machine",
        "ARN": "Table.Arn has no value on this machine",
        "SUB": "Table.Arn has no value on this machine",
        "SECRET": "it is kept in Secrets Manager",
        "PARAMETER": "it is kept in the Parameter Store",
        "STORED": "the parameter Stored is kept in the Parameter Store",
        "OPEN": "the parameter NoDefault has no default",
        "NONE": "the template gives it no value",
        "STACK": "AWS::StackId has no value on this machine",
        "IMPORTED": "ImportValue has no value on this machine",
    }
    assert {omission.functions for omission in application.omissions} == {("Page",)}


def test_parameters_can_be_given(read):
    head = "Parameters: {Name: {Type: String, Default: a}, Stored: {Type: 'AWS::SSM::Parameter::Value<String>'}}"
    own = "      Environment: {Variables: {X: !Ref Name, Y: !Ref Stored}}"
    assert read(template(own, head=head), {"Stored": "s"}).functions[0].environment == {"X": "a", "Y": "s"}
    assert read(template(own, head=head), {"Name": "b"}).functions[0].environment == {"X": "b"}


def test_a_layer_in_the_cloud_is_told(read):
    own = "      Layers: [!Sub 'arn:aws:lambda:${AWS::Region}:1:layer:x:1', !Ref Table]"
    application = read(template(own, "  Table: {Type: AWS::DynamoDB::Table}"))
    assert application.functions[0].layers == ()
    assert application.omissions == (
        Omission("a layer that is no resource of the template", "it is in the cloud", ("Page",)),
        Omission("the layer Table", "it is in the cloud", ("Page",)),
    )


def test_a_layer_is_the_one_that_a_condition_chooses(read, tmp_path):
    for folder in ("arm", "x86"):
        (tmp_path / folder).mkdir()
    head = """
Parameters: {Processor: {Type: String, Default: arm}}
Conditions: {IsArm: !Equals [!Ref Processor, arm]}
"""
    layers = """
  Arm: {Type: AWS::Serverless::LayerVersion, Condition: IsArm, Properties: {ContentUri: arm}}
  X86: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: x86}}
"""
    own = "      Layers: [!If [IsArm, !Ref Arm, !Ref X86], !If [IsArm, !Ref AWS::NoValue, !Ref Table]]"
    text = template(own, layers, head)

    application = read(text)
    assert application.functions[0].layers == (tmp_path / "arm",)
    assert application.omissions == (Omission("a layer", "the template gives it no value", ("Page",)),)
    assert read(text, {"Processor": "x86"}).functions[0].layers == (tmp_path / "x86",)


def test_a_layer_that_a_condition_cannot_choose_is_an_error(read):
    with pytest.raises(TemplateError, match="Page: Layers: there is no condition Nothing"):
        read(template("      Layers: [!If [Nothing, !Ref A, !Ref B]]"))


def test_the_sample_application_has_its_layer():
    application = read_template(ROOT / "template.yaml")

    assert {function.layers for function in application.functions} == {(ROOT / "layers/session",)}
    assert not [omission for omission in application.omissions if "layer" in omission.name]


def test_resources_whose_condition_is_not_met_are_not_there(read):
    head = "Conditions: {Never: !Not [!Equals [a, a]], Always: !Equals [a, a]}"
    other = """
  Gone:
    Type: AWS::Serverless::Function
    Condition: Never
    Properties:
      Handler: a.b
      Runtime: python3.13
      Events: {Get: {Type: HttpApi, Properties: {Path: /gone, Method: get}}}
  Here:
    Type: AWS::Serverless::Function
    Condition: Always
    DependsOn: [Gone]
    Properties:
      Handler: a.b
      Runtime: python3.13
      Events: {Get: {Type: HttpApi, Properties: {Path: /here, Method: get}}}
  Batch:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs22.x, Handler: a.b, CodeUri: code}
"""
    application = read(template(resources=other, head=head))
    assert [function.name for function in application.functions] == ["Here", "Batch", "Page"]
    assert [route.key for route in application.routes] == ["GET /here", "GET /"]


@pytest.mark.parametrize(
    ("event", "route"),
    [
        ("{Type: HttpApi}", Route("ANY", "$default", "http-api-2.0", "$default", "Page")),
        (
            "{Type: HttpApi, Properties: {Path: /a, Method: '*', PayloadFormatVersion: 1.0}}",
            Route("ANY", "/a", "http-api-1.0", "$default", "Page"),
        ),
        (
            "{Type: HttpApi, Properties: {Path: /a, Method: x-amazon-apigateway-any-method, ApiId: !Ref Web}}",
            Route("ANY", "/a", "http-api-2.0", "live", "Page"),
        ),
        (
            "{Type: Api, Properties: {Path: /a, Method: any}}",
            Route("ANY", "/a", "rest-api", "Prod", "Page", ("image/png",)),
        ),
        (
            "{Type: Api, Properties: {Path: /a, Method: post, RestApiId: !Ref Rest}}",
            Route("POST", "/a", "rest-api", "v1", "Page", ("image/png", "*/*")),
        ),
    ],
)
def test_routes(read, event, route):
    head = "Globals: {Api: {BinaryMediaTypes: [image~1png]}}"
    apis = """
  Web: {Type: AWS::Serverless::HttpApi, Properties: {StageName: live}}
  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: v1, BinaryMediaTypes: ["*~1*"]}}
"""
    assert routes_of(read(template(resources=apis, head=head, event=event))) == (route,)


def test_a_functions_own_url_is_a_route(read):
    url = Route("ANY", "$default", "function-url", "$default", "Page", api="Page")
    code = "{CodeUri: code, Handler: a.b, Runtime: python3.13}"
    again = f"  Again: {{Type: AWS::Serverless::Function, Properties: {code}}}"

    assert read(template("      FunctionUrlConfig: {AuthType: NONE}", event=OTHER)).routes == (url,)
    assert url in read(template("      FunctionUrlConfig: {AuthType: NONE}")).routes
    head = "Globals: {Function: {FunctionUrlConfig: {AuthType: NONE}}}"
    routes = read(template(head=head, resources=again, event=OTHER)).routes
    assert {route.function for route in routes} == {"Again", "Page"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "template.yaml: while parsing"),
        ("just text", "template.yaml: it is not a CloudFormation template"),
        ("Resources: [1]", "template.yaml: Resources is not a map"),
        ("Resources: {X: 1}", "template.yaml: X: is not a map"),
        ("Resources: {}", "template.yaml: Resources is missing"),
        (template(event=OTHER), "no function has an event of type HttpApi or Api, or a FunctionUrlConfig"),
        (template(event="{Type: HttpApi, Properties: {Path: a, Method: GET}}"), "the path a does not begin"),
        (template(event="{Type: HttpApi, Properties: {Path: /a}}"), "[Get] is invalid. Property 'Method' is required"),
        (template(event="{Type: Api, Properties: {Method: GET}}"), "[Get] is invalid. Property 'Path' is required"),
        (template(event="[1]"), "[Page] is invalid. Event with id [Get] is invalid"),
        (template("      Timeout: soon"), "Page: Timeout is soon, not a whole number from 1"),
        (template("", "  Other: {Condition: Nothing, Type: AWS::S3::Bucket}\n  Plain: {Condition: Nothing, "
                  "Type: AWS::DynamoDB::Table}"), "Plain: there is no condition Nothing"),
        (template("      Environment: {Variables: {A: [1]}}"), "Page: Environment: A: is not a string"),
        (template("      Environment: {Variables: {A: !Select [9, [a]]}}"), "Environment: A: Select is used wrongly"),
        (template("      Environment: {Variables: [A]}"), "Page: Environment: Variables is not a map"),
        (
            template(event="{Type: HttpApi, Properties: {Path: /, Method: GET}}\n"
                     "        Again: {Type: HttpApi, Properties: {Path: /, Method: get}}"),
            "API method 'get' defined multiple times for path '/'",
        ),
        (template().replace("CodeUri: code", "CodeUri: absent"), "absent is not a folder"),
        (template().replace("CodeUri: code", "CodeUri: {Bucket: b}"), "'CodeUri' requires Bucket and Key properties"),
        (template().replace("Handler: app.handler", "Description: none"), "Runtime and Handler needs to be present"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(read, text, message):
    with pytest.raises(TemplateError) as caught:
        read(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("template.yaml: ")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TemplateError, match=r"^absent\.yaml: cannot be read: No such file or directory$"):
        read_template(tmp_path / "absent.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(TemplateError, match=r"^binary\.yaml: cannot be read: it is not UTF-8$"):
        read_template(tmp_path / "binary.yaml")


def test_paths_are_relative_to_the_template(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    apps = ROOT / "tests/local/gateway/apps"
    functions = read_template(apps / "mixed" / "template.yaml").functions
    assert {function.code_uri for function in functions} == {apps / "mixed" / "code"}


API = """
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
{}
"""
ON_THE_API = "{Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: GET}}"


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ("      Auth: {DefaultAuthorizer: A, Authorizers: x}", "Authorizers"),
        ("      GatewayResponses: {ACCESS_DENIED: {StatusCode: x}}", "'StatusCode' must be numeric"),
        ("      DefinitionBody: {paths: x}", "Api: paths is not a map"),
    ],
)
def test_what_stands_before_a_route_and_is_malformed_is_named(read, properties, problem):
    with pytest.raises(TemplateError, match=problem):
        read(template(resources=API.format(properties), event=ON_THE_API))


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("Runtime: nodejs22.x", "Runtime nodejs22.x does not run on this machine, only Python does"),
        ("CodeUri: s3://bucket/key", "its code is in the cloud"),
        ("CodeUri: code.zip", "its code is an archive, code.zip"),
    ],
)
def test_a_function_that_does_not_run_here_is_told_and_spoils_nothing(read, tmp_path, properties, reason):
    (tmp_path / "code.zip").write_bytes(b"PK")
    name, _, value = properties.partition(": ")
    text = template().replace(f"      {name}: ", f"      {name}: {value} # ", 1)
    application = read(text)

    assert [function.unavailable for function in application.functions] == [reason]
    assert [route.key for route in application.routes] == ["GET /"]


def test_an_image_does_not_run_here(read):
    text = template("      PackageType: Image").replace("      Handler: app.handler\n      Runtime: python3.13\n", "")
    assert read(text.replace("      CodeUri: code\n", "")).functions[0].unavailable == "its code is an image"


@pytest.mark.parametrize("arn", ["!GetAtt Page.Arn", '{"Fn::GetAtt": Page.Arn}', '{"Fn::GetAtt": [Page, Arn]}'])
def test_an_authorizer_may_be_named_in_any_form(read, arn):
    auth = f"      Auth: {{DefaultAuthorizer: A, Authorizers: {{A: {{FunctionArn: {arn}}}}}}}"
    (route,) = read(template(resources=API.format(auth), event=ON_THE_API)).routes

    assert route.authorizer.function == "Page"


@pytest.mark.parametrize("authorizer", ["{FunctionArn: !GetAtt Other.Arn}", "{UserPoolArn: x}", "{FunctionArn: x}"])
def test_an_authorizer_that_is_no_function_of_the_template_is_left_out(read, authorizer):
    auth = f"      Auth: {{DefaultAuthorizer: A, Authorizers: {{A: {authorizer}}}}}"
    application = read(template(resources=API.format(auth), event=ON_THE_API))

    assert application.routes[0].authorizer is None
    assert [omission.name for omission in application.omissions] == ["the authorizer A"]
