"""Additions to a template's text: what was there stays byte for byte, and the result says what it should."""

import json

import pytest

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.init.document import Document
from supertokens_lambda_local.template.syntax import load

TEMPLATE = """\
# The application.
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31

# Shared.
Globals:
    Function:
        Runtime: "python3.13"   # not the oldest

# All that there is.
Resources:
    Page:
        Type: AWS::Serverless::Function
        Properties:
            Layers: [!Ref One]
            InlineCode: |
                def handler(event, context):
                    return {}
                # the end

            # Timeout: 3
    # Gone: {}

Outputs: {Url: {Value: !Sub "https://${Api}"}}
"""


def changed(text):
    document = Document(text, "template.yaml")
    document.add(("Parameters",), "Domain", "Type: String\n")
    document.add(("Globals", "Function", "Environment", "Variables"), "DOMAIN", "!Ref Domain")
    document.add(("Resources", "Page", "Properties"), "Timeout", "10")
    document.append(("Resources", "Page", "Properties", "Layers"), "!Ref Two")
    document.add(("Resources",), "Table", "Type: AWS::DynamoDB::Table\nProperties:\n  KeySchema: []\n", spaced=True)
    document.add(("Outputs",), "Name", "Value: !Ref Table\n")
    return document.content.decode()


def is_kept(old, new):
    """Check whether what was there is still there, in order, with something between."""
    characters = iter(new)
    return all(character in characters for character in old)


SPELLINGS = {
    "as it is": TEMPLATE,
    "CRLF": TEMPLATE.replace("\n", "\r\n"),
    "with a byte order mark": "\ufeff" + TEMPLATE,
    "without a last line break": TEMPLATE.rstrip(),
    "with an end of the document": f"---\n{TEMPLATE}...\n",
    "with a line of another alphabet": TEMPLATE.replace("# Shared.", "# Gemeinsames für ページ 🙂"),
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_what_was_there_stays_and_what_is_added_is_read(text):
    new = changed(text)

    assert is_kept(text, new)
    read, was = load(new.removeprefix("\ufeff")), load(text.removeprefix("\ufeff"))
    was["Parameters"] = {"Domain": {"Type": "String"}}
    was["Globals"]["Function"]["Environment"] = {"Variables": {"DOMAIN": {"Ref": "Domain"}}}
    was["Resources"]["Page"]["Properties"] |= {"Timeout": 10, "Layers": [{"Ref": "One"}, {"Ref": "Two"}]}
    was["Resources"]["Table"] = {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": []}}
    was["Outputs"]["Name"] = {"Value": {"Ref": "Table"}}
    assert read == was
    assert ("\r\n" in new) == ("\r\n" in text)
    assert "\r\n" not in text or new.count("\n") == new.count("\r\n")


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_twice_is_once(text):
    assert changed(changed(text)) == changed(text)


def test_additions_are_indented_as_their_neighbours_and_stand_with_them():
    new = changed(TEMPLATE)

    assert '        Runtime: "python3.13"   # not the oldest\n        Environment:\n            Variables:\n' in new
    assert "            # Timeout: 3\n            Timeout: 10\n    # Gone: {}\n\n    Table:\n        Type: " in new
    assert new.index("\nParameters:") < new.index("\n# Shared.\nGlobals:")
    assert "Layers: [!Ref One, !Ref Two]" in new


@pytest.mark.parametrize("indent", ["\t", 2, None])
def test_json_stays_json(indent):
    old = json.dumps({"Resources": {"Page": {"Type": "X", "Layers": []}}, "Outputs": {}}, indent=indent)
    document = Document(old, "template.json")

    document.add(("Resources",), "Table", "Type: Y\nProperties:\n  Name: !GetAtt Page.Arn\n")
    document.append(("Resources", "Page", "Layers"), "!Ref One")
    document.add(("Globals", "Function"), "Timeout", "10")

    assert is_kept(old, document.text)
    assert json.loads(document.text) == {
        "Resources": {
            "Page": {"Type": "X", "Layers": [{"Ref": "One"}]},
            "Table": {"Type": "Y", "Properties": {"Name": {"Fn::GetAtt": ["Page", "Arn"]}}},
        },
        "Outputs": {},
        "Globals": {"Function": {"Timeout": 10}},
    }


LISTS = {
    "[]": ["x"],
    "[a]": ["a", "x"],
    "[a,]": ["a", "x"],
    "\n  - a\n  - b # the last": ["a", "b", "x"],
    "\n- a": ["a", "x"],
    "[\n  a,\n  b\n  ]": ["a", "b", "x"],
    "[\n  a,\n  b, # the last\n  ]": ["a", "b", "x"],
    "[\n  a,\n  b # the last\n  ]": ["a", "b", "x"],
    "!If [C, [a], [b]]": {"Fn::If": ["C", ["a", "x"], ["b", "x"]]},
    "!If [C, [a], !If [D, [b], []]]": {"Fn::If": ["C", ["a", "x"], {"Fn::If": ["D", ["b", "x"], ["x"]]}]},
    "{Fn::If: [C, [a], [b]]}": {"Fn::If": ["C", ["a", "x"], ["b", "x"]]},
    "\n  !If\n  - C\n  - - a\n  - - b\n": {"Fn::If": ["C", ["a", "x"], ["b", "x"]]},
}


@pytest.mark.parametrize("written", LISTS)
def test_an_item_is_added_to_a_list_and_to_each_case_of_a_choice(written):
    text = f"Resources: {{}}\nLayers: {written}\n"
    document = Document(text, "template.yaml")

    document.append(("Layers",), "x")
    document.append(("Layers",), "x")

    assert document.data["Layers"] == LISTS[written]
    assert is_kept(text, document.text)


MAPS = [
    "",
    " # none yet",
    " {}",
    " {a: b}",
    "\n  a: b\n  c:\n",
    "\n  a: |+\n    text\n\n",
    "\n  a: >\n    text\n\n\n",
    "\n  a:\n  - b\n  - c\n",
    "\n  a: 'it''s\n\n   long'\n",
    "\n  a: &x b\n  c: *x\n",
    "\n  a: &x b\n  c: *x # the same\n  # and no more\n",
    "\n  a: {b: c,\n    d: e}\n",
]


@pytest.mark.parametrize("written", MAPS)
@pytest.mark.parametrize("after", ["", "Outputs: {}\n", "\n# The end.\nOutputs: {}\n"])
def test_an_entry_is_added_to_a_map_however_it_is_written(written, after):
    text = f"Resources:{written}\n{after}".replace("\n\nOut", "\nOut")
    document = Document(text, "template.yaml")

    document.add(("Resources",), "new", "1")

    assert document.data["Resources"] == {**(load(text)["Resources"] or {}), "new": 1}
    assert is_kept(text, document.text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Resources:\n  a: &x {b: c}\n  d: *x\n", "anchor"),
        ("Resources:\n  d: !Transform {Name: x}\n", "Resources.d is not a plain map"),
        ("Resources:\n  d: text\n", "Resources.d is not a plain map"),
        ("Resources:\n  d: [a]\n", "Resources.d is not a plain map"),
        ("x: &x {d: {}}\nResources:\n  <<: *x\n", "Resources.d comes from an anchor"),
    ],
)
def test_what_would_change_more_than_its_place_is_refused(text, problem):
    document = Document(text, "template.yaml")

    with pytest.raises(InitError, match=problem):
        document.add(("Resources", "d"), "new", "1")


@pytest.mark.parametrize("text", ["a: [", "\ta: b", "a: b: c", "", "- a", "text", "a: 1\n---\nb: 2\n"])
def test_a_file_that_is_no_template_is_named(text):
    with pytest.raises(InitError, match=r"^template\.yaml: "):
        Document(text, "template.yaml")
