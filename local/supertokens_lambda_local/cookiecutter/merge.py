"""One Jinja template for the variants of a text, each of which it renders byte for byte."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    # A value for each question, in the order of the questions.
    Answers = tuple[str, ...]
    Questions = Mapping[str, Sequence[str]]

_OPENING = re.compile(r"\{(?=[{%#]|\Z)")


def merge(variants: Mapping[Answers, str], questions: Questions) -> str:
    """Return a template that renders the text of whichever answers are given.

    Parameters
    ----------
    variants : mapping of tuple of str to str
        The texts by their answers. Other answers need no text.
    questions : mapping of str to sequence of str
        By the variable of Cookiecutter, all the answers that it may have.
    """
    merged: list[tuple[str, set[Answers]]] = []
    # The longest comes first: the lines of most others are among its lines.
    for answers, text in sorted(variants.items(), key=lambda variant: -len(variant[1])):
        merged = _with_variant(merged, text.splitlines(keepends=True), answers)
    parts = []
    for present, lines in groupby(merged, key=lambda entry: entry[1]):
        text = _OPENING.sub("{{ '{' }}", "".join(line for line, _ in lines))
        condition = "" if present == variants.keys() else condition_of(frozenset(present), questions)
        parts.append(f"{{% if {condition} %}}{text}{{% endif %}}" if condition else text)
    return "".join(parts)


def _with_variant(
    merged: list[tuple[str, set[Answers]]], lines: list[str], answers: Answers
) -> list[tuple[str, set[Answers]]]:
    result = []
    matcher = SequenceMatcher(None, [line for line, _ in merged], lines, autojunk=False)
    for operation, start, end, new_start, new_end in matcher.get_opcodes():
        is_shared = operation == "equal"
        result += [(line, present | {answers} if is_shared else present) for line, present in merged[start:end]]
        if not is_shared:
            result += [(line, {answers}) for line in lines[new_start:new_end]]
    return result


def condition_of(chosen: frozenset[Answers], questions: Questions) -> str:
    """Return the condition, as Jinja, under which the answers are among these; empty if they always are."""
    if not questions:
        return ""
    (name, values), *others = questions.items()
    # Values after which the other questions decide in the same way.
    alike: dict[frozenset[Answers], list[str]] = {}
    for value in values:
        alike.setdefault(frozenset(each[1:] for each in chosen if each[0] == value), []).append(value)
    clauses = []
    for rest, of in alike.items():
        if not rest:
            continue
        inner = condition_of(rest, dict(others))
        parts = [_is_one_of(name, of, values)] if len(alike) > 1 else []
        parts += [f"({inner})" if " or " in inner else inner] if inner else []
        clauses.append(" and ".join(parts))
    return " or ".join(clauses)


def _is_one_of(name: str, some: list[str], values: Sequence[str]) -> str:
    if len(some) == 1:
        return f"cookiecutter.{name} == {some[0]!r}"
    if len(some) == len(values) - 1:
        [other] = {*values} - {*some}
        return f"cookiecutter.{name} != {other!r}"
    return f"cookiecutter.{name} in {tuple(some)}"
