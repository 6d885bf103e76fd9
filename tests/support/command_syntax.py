"""Whether a program takes a command of the documentation: its subcommands, options and names, without running it."""

import importlib
import re
import shlex
import tomllib
from collections.abc import Callable

import botocore.session
from botocore import xform_name

from supertokens_lambda_local import cli
from supertokens_lambda_local.template.syntax import load_file

from .documented import ROOT

# What stands for a reader's own value.
_ELIDED = {"...", "…"}


def check_syntax(command: str) -> None:
    """Fail if the program of a command has no such subcommand, option, target or parameter."""
    words = [word for word in shlex.split(command) if word not in _ELIDED]
    while re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    _CHECKS[words[0]](words[1:])


def _supertokens_lambda(words: list[str]) -> None:
    # It exits where it does not know an option.
    cli._parser().parse_args(words)


def _make(words: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for word in words:
        name, is_variable, value = word.partition("=")
        pattern = rf"\$\((?:[\w ]+[ ,])?{name}\b|^{name} " if is_variable else rf"^(?:[\w-]+ )*{name}(?: [\w-]+)*:"
        assert re.search(pattern, makefile, re.MULTILINE), word
        assert name != "TEMPLATE" or (ROOT / value).is_file(), value


def _sam(words: list[str]) -> None:
    name, *rest = words
    module = "local.local" if name == "local" else f"{name}.command"
    command = importlib.import_module(f"samcli.commands.{module}").cli
    if name == "local":
        assert not rest or rest[0] in command.list_commands(None), rest
        return
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("-")} <= options
    parameters = load_file(ROOT / "template.yaml")["Parameters"]
    assert {word.partition("=")[0] for word in rest if "=" in word} <= parameters.keys()


def _aws(words: list[str]) -> None:
    service, operation, *rest = words
    if (service, operation) == ("s3", "sync"):
        return  # a command of the AWS CLI, which no API has
    client = botocore.session.get_session().get_service_model(service)
    (found,) = [name for name in client.operation_names if xform_name(name, "-") == operation]
    shape = client.operation_model(found).input_shape
    assert shape is not None
    options = {word for word in rest if word.startswith("--")}
    assert options <= {f"--{xform_name(member, '-')}" for member in shape.members}


def _pip(words: list[str]) -> None:
    if words[1] == "-r":
        return  # a file that `init` makes
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [(name, extra)] = [re.findall(r"^([\w.-]+)(?:\[(\w+)\])?$", word)[0] for word in words if word[0] != "-"][1:]
    assert name in (project["name"], ".", "pytest")
    assert not extra or extra in project["optional-dependencies"]


def _path(words: list[str]) -> None:
    paths = [word.partition("::")[0] for word in words if re.match(r"(tests|examples)/", word)]
    assert paths
    assert all((ROOT / path).exists() for path in paths)


def _nothing(words: list[str]) -> None:
    assert words


_CHECKS: dict[str, Callable[[list[str]], None]] = {
    ".venv/bin/pytest": _path,
    "aws": _aws,
    "cd": _nothing,
    "curl": _nothing,
    "git": _nothing,
    "make": _make,
    "node": _path,
    "pip": _pip,
    "pytest": _nothing,
    "sam": _sam,
    "supertokens-lambda": _supertokens_lambda,
}
