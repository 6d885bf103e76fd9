import pytest

from supertokens_lambda_local.template.cloudformation import MalformedValueError, UnknownValueError, as_text, load_yaml
from supertokens_lambda_local.template.resolver import Resolver


def value(text, parameters=None, **sections):
    template = {"Mappings": {"Sizes": {"a": {"b": "c"}}}, **sections}
    return Resolver(template, parameters or {}).value(load_yaml(f"x: {text}"))["x"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub '${A}'", {"Fn::Sub": "${A}"}),
        ("!Join ['', [!Ref A]]", {"Fn::Join": ["", [{"Ref": "A"}]]}),
        ("!Transform {Name: x}", {"Fn::Transform": {"Name": "x"}}),
    ],
)
def test_short_tags_are_the_long_form(short, long):
    assert load_yaml(f"x: {short}") == {"x": long}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("[1, {a: !Ref P}]", [1, {"a": "p"}]),
        ("!Join ['-', [a, !Ref P, 1]]", "a-p-1"),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['0', !Split [',', 'a,b']]", "a"),
        ("!FindInMap [Sizes, a, !Select [0, [b]]]", "c"),
        ("!Sub '${P} ${!P} ${AWS::Partition}'", "p ${P} aws"),
        ("!Sub ['${Q}${P}', {Q: !Ref P}]", "pp"),
        ("!If [Met, a, b]", "a"),
        ("!If [Unmet, a, !If [Met, c, d]]", "c"),
        ("!And [!Condition Met, !Equals [1, '1']]", True),
        ("!Or [!Condition Unmet, !Not [!Condition Unmet]]", True),
        ("{Fn::Equals: [true, 'true']}", True),
    ],
)
def test_values(text, result):
    conditions = {"Met": {"Fn::Equals": ["a", "a"]}, "Unmet": {"Fn::Not": [{"Condition": "Met"}]}}
    assert value(text, {"P": "p"}, Conditions=conditions) == result


@pytest.mark.parametrize(
    "text",
    ["!Join a", "!Select [x, [a]]", "!If [Met]", "!FindInMap [Sizes, x, y]", "!Equals [a]", "!If [Other, a, b]",
     "!Not [a]", "!Sub [a]", "!If [Loop, a, b]"],
)  # fmt: skip
def test_wrong_uses(text):
    conditions = {"Met": {"Fn::Equals": ["a", "a"]}, "Loop": {"Condition": "Loop"}}
    with pytest.raises(MalformedValueError):
        value(text, Conditions=conditions)


@pytest.mark.parametrize("text", ["!Ref Q", "!Sub '${Q}'", "!Sub '${Q.Arn}'", "!GetAtt Q.Arn", "!GetAZs ''"])
def test_unknown_values(text):
    with pytest.raises(UnknownValueError):
        value(text)


def test_an_if_can_be_followed_without_its_value():
    resolver = Resolver({"Conditions": {"Met": {"Fn::Equals": ["a", "a"]}}}, {})
    assert resolver.chosen({"Fn::If": ["Met", {"Ref": "X"}, 1]}) == {"Ref": "X"}
    with pytest.raises(UnknownValueError):
        resolver.chosen({"Fn::If": ["Met", {"Ref": "AWS::NoValue"}, 1]})
    with pytest.raises(MalformedValueError):
        resolver.chosen({"Fn::If": ["Met"]})


def test_a_section_that_is_no_map_is_malformed():
    with pytest.raises(MalformedValueError, match="Parameters is not a map"):
        Resolver({"Parameters": ["a"]}, {})


def test_scalars_as_text():
    assert [as_text(scalar) for scalar in (True, False, 3600, 1.5, "x")] == ["true", "false", "3600", "1.5", "x"]
