"""The toolkit's exceptions: one root, and a tree of them in its docstring."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import supertokens_lambda
from supertokens_lambda._errors import SuperTokensLambdaError

ROOT = Path(supertokens_lambda.__file__).parent


def exceptions() -> Iterator[type[BaseException]]:
    for path in sorted(ROOT.rglob("*.py")):
        names = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
        if not any(name.endswith("Error") for name in names):
            continue
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        for name in names:
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and issubclass(found, BaseException) and found is not SuperTokensLambdaError:
                yield found


def branches(kind: type[BaseException], depth: int = 0) -> Iterator[tuple[int, str, str]]:
    """Yield depth, name and built-in base of each subclass, as far as the toolkit defines them."""
    child: type[BaseException]
    for child in kind.__subclasses__():
        if child.__module__.startswith("supertokens_lambda."):
            bases = [base.__name__ for base in child.__bases__ if base.__module__ == "builtins"]
            yield depth, child.__name__, "".join(bases)
            yield from branches(child, depth + 1)


def test_each_exception_derives_from_the_root():
    assert not [kind for kind in exceptions() if not issubclass(kind, SuperTokensLambdaError)]


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes():
    assert [*exceptions()]  # imports all of them

    lines = re.findall(
        r"^ {8}((?:\|   )*)\+-- (\w+)(?: \((\w+)\))?$", SuperTokensLambdaError.__doc__ or "", re.MULTILINE
    )

    assert {(len(bars) // 4, name, base) for bars, name, base in lines} == {*branches(SuperTokensLambdaError)}


def test_messages_are_logged_only_where_a_class_says_so():
    assert not SuperTokensLambdaError.may_be_logged
    assert {kind.__name__ for kind in exceptions() if getattr(kind, "may_be_logged", False)} == {
        "ApiKeyError",
        "AwsError",
        "AwsUnavailableError",
        "CoreRefusedError",
        "CoreUnreachableError",
        "DeliveryError",
        "DeliveryUnavailableError",
        "NotAValidatorError",
        "RecipientRefusedError",
        "SecretFormatError",
        "SettingsError",
    }
