import pytest

from supertokens_lambda_local.template.parameters import Parameters
from supertokens_lambda_local.template.syntax import MalformedValueError, as_text, load, load_file
from supertokens_lambda_local.template.unknown import Unknown
from supertokens_lambda_local.template.values import Values


def value(text, parameters=None, **sections):
    declared = {name: {"Type": "String"} for name in parameters or {}}
    lists = {"L": {"Type": "CommaDelimitedList", "Default": "a, b"}, "N": {"Type": "List<Number>", "Default": 7}}
    template = {"Mappings": {"Sizes": {"a": {"b": "c"}}}, "Parameters": {**declared, **lists}, **sections}
    return Values(template, Parameters(template, parameters or {})).value(load(f"x: {text}"))["x"]


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
    assert load(f"x: {short}") == {"x": long}


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
        ("!Ref L", ["a", "b"]),
        ("!Join ['|', !Ref L]", "a|b"),
        ("!Select [1, !Ref L]", "b"),
        ("{Fn::Length: !Ref L}", 2),
        ("!Ref N", ["7"]),
        ("!FindInMap [Sizes, x, y, {DefaultValue: !Ref P}]", "p"),
        ("{Fn::ToJsonString: {a: !Ref P}}", '{"a":"p"}'),
        ("!Base64 p", "cA=="),
        ("[a, !Ref AWS::NoValue]", ["a"]),
        ("{a: !Ref AWS::NoValue}", {}),
        ("!If [Met, a, !Ref Q]", "a"),
        ("!Or [!Condition Met, !Equals [!Ref Q, a]]", True),
        ("!And [!Condition Unmet, !Equals [!Ref Q, a]]", False),
    ],
)
def test_values(text, result):
    conditions = {"Met": {"Fn::Equals": ["a", "a"]}, "Unmet": {"Fn::Not": [{"Condition": "Met"}]}}
    assert value(text, {"P": "p"}, Conditions=conditions) == result


@pytest.mark.parametrize(
    "text",
    ["!Join a", "!Select [x, [a]]", "!If [Met]", "!Equals [a]", "!If [Other, a, b]", "!Not [a]", "!Sub [a]",
     "!If [Loop, a, b]"],
)  # fmt: skip
def test_wrong_uses(text):
    conditions = {"Met": {"Fn::Equals": ["a", "a"]}, "Loop": {"Condition": "Loop"}}
    with pytest.raises(MalformedValueError):
        value(text, Conditions=conditions)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("!Ref Q", "${Q}"),
        ("!Sub '${Q}'", "${Q}"),
        ("!Sub '${Q.Arn}/x'", "${Q.Arn}/x"),
        ("!GetAtt Q.Arn", "${Q.Arn}"),
        ("!Join ['/', [a, !Ref Q]]", "a/${Q}"),
        ("!GetAZs ''", ""),
        ("!FindInMap [Sizes, x, y]", ""),
        ("!If [Open, a, b]", "${Q}"),
        ("!Not [!Condition Open]", "${Q}"),
        ("{Fn::ToJsonString: {a: !Ref Q}}", '{"a":"${Q}"}'),
    ],
)
def test_unknown_values(text, known):
    found = value(text, Conditions={"Open": {"Fn::Equals": [{"Ref": "Q"}, "a"]}})
    assert isinstance(found, Unknown)
    assert found.text == known
    assert found.reason


def test_a_section_that_is_no_map_is_malformed():
    with pytest.raises(MalformedValueError, match="Parameters is not a map"):
        Parameters({"Parameters": ["a"]}, {})


def test_scalars_as_text():
    assert [as_text(scalar) for scalar in (True, False, 3600, 1.5, "x")] == ["true", "false", "3600", "1.5", "x"]


@pytest.mark.parametrize(
    "text",
    ["\ufeffa: 1\r\nb: [x]\r\n", '{\t"a": 1,\n\t"b": ["x"]}', "{a: 1, b: [x]}", '\ufeff{"a": 1, "b": ["x"]}'],
)
def test_a_file_is_read_however_it_is_written(tmp_path, text):
    (tmp_path / "template").write_bytes(text.encode())
    assert load_file(tmp_path / "template") == {"a": 1, "b": ["x"]}


def test_dates_and_decimal_numbers_are_text():
    assert load("[2012-10-17, 2.0, 1.10, 7, true]") == ["2012-10-17", "2.0", "1.10", 7, True]
