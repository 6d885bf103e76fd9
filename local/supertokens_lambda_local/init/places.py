"""The places in the text of a template where additions belong."""

from __future__ import annotations

import re

import yaml

Place = tuple[int, str]  # the offset, and the text that is inserted there

_KEEPS_BREAKS = re.compile(r"(?:[&!]\S+\s+)*[|>][0-9]?\+")
_COMMENT = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)


def is_empty(node: yaml.Node) -> bool:
    """Check whether a key has no value at all."""
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def end_of_line(text: str, at: int) -> int:
    """Return the offset of a line's end, before its line break."""
    found = re.compile(r"\r?\n|\Z").search(text, at)
    return found.start() if found else len(text)


def end_of_block(text: str, node: yaml.Node) -> tuple[int, int]:
    """Return the offset at which a block may go on, and the column of its entries."""
    column = node.start_mark.column
    if isinstance(node, yaml.MappingNode) and node.value:
        column = node.value[0][0].start_mark.column
    at = end_of_line(text, _end(text, node))
    # Comments that are indented as the entries are belong to the block.
    position = at
    while position < len(text):
        line = re.compile(r"\r?\n([ \t]*)([^\r\n]*)").match(text, position)
        if line is None or (line[2] and not (line[2].startswith("#") and len(line[1]) >= max(column, 1))):
            break
        position = line.end()
        if line[2]:
            at = position
    return at, column


def place_before(text: str, root: yaml.Node, keys: tuple[str, ...], eol: str, lines: list[str]) -> Place:
    """Return the place of a new section: before the first of the given sections, and the comments above it."""
    at = next(each.start_mark.index for each, _ in root.value if each.value in keys)
    while above := re.compile(r"(?:^|(?<=\n))[ \t]*#[^\n]*\n\Z").search(text[:at]):
        at = above.start()
    gap = eol if re.search(r"\n[ \t]*\r?\n", text) else ""
    return at, "".join(line + eol for line in lines) + gap


def place_in_flow(text: str, node: yaml.Node, eol: str, entry: str) -> Place:
    """Return the place of an entry in ``{...}`` or ``[...]``."""
    at = node.end_mark.index - 1
    first = node.value[0] if node.value else None
    first = first[0] if isinstance(first, tuple) else first
    before = _COMMENT.sub("", text[node.start_mark.index : at]).rstrip()
    comma = "" if first is None or before.endswith(",") else ","
    if first is None or first.start_mark.line == node.start_mark.line:
        return at, f"{comma}{' ' if comma else ''}{entry}"
    indent = text[text.rfind("\n", 0, first.start_mark.index) + 1 : first.start_mark.index]
    at = len(text[:at].rstrip())
    if "#" in text[text.rfind("\n", 0, at) + 1 : at]:
        at = node.end_mark.index - 1
        return at, f"{comma} {entry}"
    return at, comma + "".join(f"{eol}{indent}{line}" for line in entry.splitlines())


def _end(text: str, node: yaml.Node) -> int:
    """Return the offset of the end of a node, without the comments and empty lines that follow."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        end: int = node.end_mark.index
        if _KEEPS_BREAKS.match(text, node.start_mark.index):
            return max(end - 1, 0)
        return len(text[:end].rstrip())
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    key, last = node.value[-1] if isinstance(node, yaml.MappingNode) else (None, node.value[-1])
    if last.start_mark.index >= (key or node).start_mark.index and not is_empty(last):
        return _end(text, last)
    # An alias or a missing value has no text of a node: both end on the line of the key or dash.
    return _without_comments(text, node.end_mark.index)


def _without_comments(text: str, end: int) -> int:
    while True:
        end = len(text[:end].rstrip())
        start = text.rfind("\n", 0, end) + 1
        if not text[start:end].lstrip().startswith("#"):
            return end
        end = start
