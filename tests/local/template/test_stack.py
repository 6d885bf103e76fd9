"""What a template is put together of: loops, included files, definitions and nested stacks."""

import pytest

from supertokens_lambda_local.errors import TemplateError
from supertokens_lambda_local.template.reader import read_template

FUNCTION = "{Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.x, CodeUri: ."
EVENT = "Events: {E: {Type: HttpApi, Properties: {Path: %s, Method: GET}}}}}"
URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Page.Arn}/invocations"
DEFINITION = f"""
openapi: 3.0.1
paths:
  /defined:
    get:
      x-amazon-apigateway-integration:
        {{type: aws_proxy, httpMethod: POST, payloadFormatVersion: "2.0", uri: {{Fn::Sub: "{URI}"}}}}
"""


@pytest.fixture
def read(tmp_path):
    def read(text, parameters=None, **files):
        for name, content in {"template": text, **files}.items():
            (tmp_path / f"{name}.yaml").write_text(content)
        return read_template(tmp_path / "template.yaml", parameters)

    return read


def keys(application):
    return {route.key: route.function for route in application.routes}


LOOP = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Pages: {Type: CommaDelimitedList, Default: "home,about-us"}
  Stage: {Type: String, Default: dev}
Mappings:
  Stages: {dev: {Size: "1"}, prod: {Size: "2"}}
Resources:
  Fn::ForEach::Functions:
    - Page
    - !Ref Pages
    - "Fn&{Page}":
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.13
          Handler: app.x
          CodeUri: .
          Timeout: {"Fn::Length": !Ref Pages}
          Environment:
            Variables:
              SIZE: !FindInMap [Stages, !Ref Stage, Size]
              OTHER: !FindInMap [Stages, !Ref Page, Size, {DefaultValue: none}]
          Events: {E: {Type: HttpApi, Properties: {Path: !Sub "/${Page}", Method: GET}}}
"""


def test_loops_have_the_values_of_the_parameters(read):
    application = read(LOOP)
    assert keys(application) == {"GET /home": "Fnhome", "GET /about-us": "Fnaboutus"}
    assert {function.timeout for function in application.functions} == {2}
    assert application.functions[0].environment == {"SIZE": "1", "OTHER": "none"}
    assert keys(read(LOOP, {"Pages": "one"})) == {"GET /one": "Fnone"}
    assert read(LOOP, {"Stage": "prod"}).functions[0].environment["SIZE"] == "2"


def test_a_loop_over_what_is_not_known_is_not_looked_at(read):
    application = read(
        LOOP.replace(', Default: "home,about-us"', "").replace("Resources:", "Resources:\n  Q: {Type: T}")
    )
    assert application.functions == ()
    assert application.not_looked_at == (("Fn::ForEach::Functions", "the parameter Pages has no default"),)


def test_a_malformed_loop_is_an_error(read):
    with pytest.raises(TemplateError, match="Fn::ForEach::Functions is not a list of a name, a collection and a map"):
        read(LOOP.replace("    - !Ref Pages\n", ""))


def test_included_files_are_read(read):
    body = "{Name: AWS::Include, Parameters: {Location: body.yaml}}"
    text = f"""
Resources:
  Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: ./more.yaml}}}}
  Api: {{Type: AWS::Serverless::HttpApi, Properties: {{DefinitionBody: {{Fn::Transform: {body}}}}}}}
"""
    more = f"Page: {FUNCTION}, {EVENT % '/event'}"
    assert keys(read(text, more=more, body=DEFINITION)) == {"GET /event": "Page", "GET /defined": "Page"}


def test_what_is_included_from_the_cloud_is_not_looked_at(read):
    include = "{Name: AWS::Include, Parameters: {Location: 's3://b/k'}}"
    application = read(f"Resources:\n  Fn::Transform: {include}\n  Page: {FUNCTION}, {EVENT % '/'}")
    assert keys(application) == {"GET /": "Page"}
    assert application.not_looked_at == (("the included file s3://b/k", "it is in the cloud"),)


def test_a_macro_is_not_looked_at(read):
    application = read(f"Transform: [Mine, AWS::Serverless-2016-10-31]\nResources:\n  Page: {FUNCTION}, {EVENT % '/'}")
    assert application.not_looked_at == (("what the macro Mine makes", "it runs in the cloud"),)


@pytest.mark.parametrize(
    ("api", "key"),
    [
        ("AWS::Serverless::HttpApi, Properties: {DefinitionUri: body.yaml}", "DefinitionUri"),
        ("AWS::Serverless::Api, Properties: {StageName: live, DefinitionUri: body.yaml}", "DefinitionUri"),
        ("AWS::ApiGatewayV2::Api, Properties: {BodyS3Location: body.yaml}", "BodyS3Location"),
    ],
)
def test_a_definition_is_read_where_it_is(read, api, key):
    text = f"Resources:\n  Api: {{Type: {api}}}\n  Page: {FUNCTION}}}}}"
    application = read(text, body=DEFINITION)
    assert keys(application) == {"GET /defined": "Page"}
    assert application.apis[0].unknown == ""

    application = read(text.replace("body.yaml", "{Bucket: b, Key: k}"))
    assert application.routes == ()
    assert application.apis[0].unknown == "its definition is in the cloud"


def test_nested_stacks_are_read(read):
    child = f"""
Parameters: {{Path: {{Type: String}}}}
Resources:
  Page: {FUNCTION}, {EVENT % "/x"}
Outputs:
  Known: {{Value: !Sub "${{Path}}/x"}}
  Own: {{Value: !Ref Page}}
"""
    text = """
Resources:
  Inner: {Type: AWS::Serverless::Application, Properties: {Location: child.yaml, Parameters: {Path: /in}}}
  Plain: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Path: /out}}}
  Far: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a, SemanticVersion: 1.0.0}}}
  Page:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: x}
      Environment: {Variables: {A: !GetAtt Inner.Outputs.Known, B: !GetAtt Inner.Outputs.Own}}
"""
    application = read(text, child=child)
    assert [(route.key, route.function, route.api) for route in application.routes] == [
        ("GET /x", f"{stack}/Page", f"{stack}/ServerlessHttpApi") for stack in ("Inner", "Plain")
    ]
    assert application.not_looked_at == (("the nested stack Far", "its template is in the cloud"),)
    page = next(function for function in application.functions if function.name == "Page")
    assert page.environment == {"A": "/in/x"}
    assert page.unset == {"B": "Page has no value on this machine"}


@pytest.mark.parametrize(("path", "at_domain"), [("", True), ("BasePath: '', ", True), ("BasePath: shop, ", False)])
def test_a_custom_domain_is_mapped_to_a_stage(read, path, at_domain):
    event = "Events: {E: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /x, Method: GET}}}}}"
    mapping = f"{path}RestApiId: !Ref Api, Stage: !Ref Api.Stage, DomainName: app.example.com"
    [route] = read(f"""
Resources:
  Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: live}}}}
  Mapping: {{Type: AWS::ApiGateway::BasePathMapping, Properties: {{{mapping}}}}}
  Page: {FUNCTION}, {event}
""").routes
    assert (route.stage, route.at_domain) == ("live", at_domain)


def test_no_account_of_aws_is_needed(read, monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_PROFILE", "there-is-none")
    policies = "Policies: [ReadOnlyAccess, AmazonS3FullAccess, NobodyKnowsThis]"
    application = read(f"Resources:\n  Page: {FUNCTION}, {policies}, {EVENT % '/'}")
    assert keys(application) == {"GET /": "Page"}
    assert application.functions[0].actions is None


def test_a_translator_that_fails_is_a_sentence(read):
    broken = f"Resources:\n  Page: {FUNCTION}, {EVENT % '/'}\nGlobals: [1]"
    with pytest.raises(TemplateError, match=r"^template\.yaml: the SAM translator of AWS (refuses it|fails with)"):
        read(broken)


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ("{Page: {Type: AWS::Lambda::Function, Properties: {Handler: [x]}}}", "Page: Handler is not a string"),
        (
            "{Api: {Type: AWS::ApiGateway::RestApi}, S: {Type: AWS::ApiGateway::Stage, "
            "Properties: {RestApiId: !Ref Api, StageName: {a: b}}}}",
            "Api: StageName is not a string",
        ),
        (
            "{Api: {Type: AWS::ApiGateway::RestApi}, M: {Type: AWS::ApiGateway::Method, "
            "Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: [GET]}}}",
            "Api: a method is not a string",
        ),
        ("{Fn::Transform: {Name: AWS::Include, Parameters: [x]}}", "Resources is missing"),
        ("{Page: {Type: AWS::Lambda::Function, Properties: {Timeout: 0}}}", "Page: Timeout is 0, not a whole number"),
        ("{Page: {Type: [x]}}", "Page: Type is missing"),
        ("{Page: {Type: AWS::Lambda::Function, Properties: [x]}}", "Page: Properties is not a map"),
    ],
)
def test_what_no_translator_looks_at_is_refused_in_a_sentence_too(read, resources, problem):
    with pytest.raises(TemplateError, match=rf"^template\.yaml: {problem}"):
        read(f"Resources: {resources}")
