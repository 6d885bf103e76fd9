import pytest

from supertokens_lambda_local.errors import LocalError, TemplateError
from supertokens_lambda_local.template.parameters import from_samconfig
from supertokens_lambda_local.template.reader import read_template

TEMPLATE = """
Parameters: {A: {Type: String, Default: default}, B: {Type: String}}
Resources:
  Page:
    Type: AWS::Lambda::Function
    Properties: {Code: {ZipFile: x}, Handler: index.x, Environment: {Variables: {A: !Ref A, B: !Ref B}}}
"""
CONFIG = """
version = 0.1
[default.global.parameters]
parameter_overrides = "A=global B='of two words'"
[prod.deploy.parameters]
parameter_overrides = ["A=prod", "ParameterKey=B,ParameterValue=keyed", "Other=x"]
"""


@pytest.fixture
def read(tmp_path):
    def read(parameters=None, config=CONFIG, **options):
        (tmp_path / "template.yaml").write_text(TEMPLATE)
        if config:
            (tmp_path / "samconfig.toml").write_text(config)
        [function] = read_template(tmp_path / "template.yaml", parameters, **options).functions
        return function.environment

    return read


def test_a_given_value_comes_first_then_samconfig_then_the_default(read):
    assert read() == {"A": "global", "B": "of two words"}
    assert read(config_env="prod") == {"A": "prod", "B": "keyed"}
    assert read({"A": "given"}, config_env="prod") == {"A": "given", "B": "keyed"}


def test_there_need_be_no_samconfig(read):
    assert read(config="") == {"A": "default"}


def test_a_parameter_that_the_template_does_not_have_is_an_error(read):
    with pytest.raises(TemplateError, match=r"^template\.yaml: has no parameter C; there are A, B$"):
        read({"C": "x"})


@pytest.mark.parametrize(
    ("config", "config_env", "problem"),
    [
        (CONFIG, "staging", "samconfig.toml has no table staging"),
        ("", "staging", "there is no samconfig.toml with staging"),
        ("[", "default", "samconfig.toml cannot be read"),
        ('[default.deploy.parameters]\nparameter_overrides = "A=\'"', "default", "cannot be read: No closing quot"),
    ],
)
def test_a_samconfig_that_cannot_be_used_is_an_error(tmp_path, config, config_env, problem):
    if config:
        (tmp_path / "samconfig.toml").write_text(config)
    with pytest.raises(LocalError, match=problem):
        from_samconfig(tmp_path, config_env)
