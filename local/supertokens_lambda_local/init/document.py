"""A template as text: entries are added to it, and every other byte stays as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.init.places import end_of_block, end_of_line, is_empty, place_before, place_in_flow
from supertokens_lambda_local.template.syntax import MalformedValueError, TemplateLoader, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supertokens_lambda_local.init.places import Place

    Path = Sequence[str]

_ANCHOR = re.compile(r"&([^\s,\[\]{}]+)")
_BOM = "\ufeff"
_WRITTEN_STEP = 2  # spaces a level of values that are added
_INDENTATION = re.compile("^( *)(- )?")
# In the order of AWS's own documentation; a section that is added comes before those that follow it here.
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Globals", "Resources", "Outputs")


class Document:
    """A template of YAML or JSON.

    Values that are added are YAML text: one line that follows the key, or a block, which ends with a line break.

    Parameters
    ----------
    text : str
        The file as it is, with its line ends.
    name : str
        The name of the file, for errors.

    Attributes
    ----------
    text : str
        The file with what has been added.
    data : dict
        The same, read; short tags are in their long form.

    Raises
    ------
    InitError
        The text is not a map of YAML or JSON.
    """

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._bom = text[: text.startswith(_BOM)]
        self._eol = "\r\n" if "\r\n" in text else "\n"
        self._read(text.removeprefix(_BOM))

    def __contains__(self, path: Path) -> bool:
        found: Any = self.data
        for key in path:
            if not isinstance(found, dict) or key not in found:
                return False
            found = found[key]
        return True

    @property
    def content(self) -> bytes:
        """The file to write."""
        return (self._bom + self.text).encode()

    def add(self, path: Path, key: str, value: str, *, spaced: bool = False) -> None:
        """Add an entry to a map, and the maps around it that are missing; one that exists is left as it is.

        Parameters
        ----------
        path : sequence of str
            The keys that lead to the map.
        key, value : str
            The entry.
        spaced : bool
            Whether an empty line comes before it, where the map has such lines.

        Raises
        ------
        InitError
            The map is something else, or belongs to several places by an anchor.
        """
        if [*path, key] in self:
            return
        if path and path not in self:
            block = _entry(key, value, _WRITTEN_STEP)
            self.add(path[:-1], path[-1], "".join(f"{line}\n" for line in block), spaced=spaced)
            return
        node = self._map(path)
        if self._is_json or getattr(node, "flow_style", False):
            self._insert(place_in_flow(self.text, node, self._eol, _flow(key, value, is_json=self._is_json)))
        elif not path:
            later = _SECTIONS[_SECTIONS.index(key) + 1 :]
            self._insert(place_before(self.text, node, later, self._eol, _entry(key, value, self._step)))
        else:
            at, column = end_of_block(self.text, node)
            if isinstance(node, yaml.ScalarNode):
                at, column = end_of_line(self.text, node.start_mark.index), self._step * len(path)
            gap = self._eol if spaced and re.search(r"\n[ \t]*\r?\n", self.text) else ""
            lines = [" " * column + line for line in _entry(key, value, self._step)]
            self._insert((at, gap + "".join(self._eol + line for line in lines)))

    def append(self, path: Path, item: str) -> None:
        """Add an item of one line to a list; for ``!If``, to the list of either case.

        Raises
        ------
        InitError
            There is neither.
        """
        for _ in range(_count(self._node(path))):
            # Each insertion moves what follows it, so the cases are looked up anew.
            found = next((each for each in _lists(self._node(path)) if item not in self._items(each)), None)
            if found is None:
                return
            self._insert(self._place_in_list(found, item, path))

    def _place_in_list(self, node: yaml.Node, item: str, path: Path) -> Place:
        if not isinstance(node, yaml.SequenceNode) or node.tag.startswith("!"):
            raise InitError(f"{self._name}: {'.'.join(path)} is not a list; add {item} to it yourself")
        if node.flow_style:
            return place_in_flow(self.text, node, self._eol, json.dumps(load(item)) if self._is_json else item)
        at, column = end_of_block(self.text, node)
        return at, f"{self._eol}{' ' * column}- {item}"

    def _items(self, node: yaml.Node) -> list[str]:
        if not isinstance(node, yaml.SequenceNode):
            return []
        return [self.text[each.start_mark.index : each.end_mark.index].strip() for each in node.value]

    def _map(self, path: Path) -> yaml.Node:
        node = self._node(path)
        if node.tag.startswith("!") or not (isinstance(node, yaml.MappingNode) or is_empty(node)):
            raise InitError(f"{self._name}: {'.'.join(path)} is not a plain map; write it without a function")
        return node

    def _node(self, path: Path) -> yaml.Node:
        node = self._root
        for depth, key in enumerate(path, 1):
            pairs = [pair for pair in node.value if pair[0].value == key] if isinstance(node, yaml.MappingNode) else []
            place = ".".join(path[:depth])
            if not pairs or pairs[-1][1].start_mark.index < pairs[-1][0].start_mark.index:
                raise InitError(f"{self._name}: {place} comes from an anchor; write it out")
            node = pairs[-1][1]
            anchor = _ANCHOR.match(self.text, node.start_mark.index)
            if anchor and re.search(rf"\*{re.escape(anchor[1])}(?![^\s,\[\]{{}}])", self.text):
                raise InitError(f"{self._name}: {place} has the anchor {anchor[1]}, used elsewhere; write both out")
        return node

    def _insert(self, place: Place) -> None:
        at, addition = place
        before = self.data
        try:
            self._read(self.text[:at] + addition + self.text[at:])
            is_kept = _keeps(self.data, before)
        except InitError:
            is_kept = False
        if not is_kept:
            raise InitError(f"{self._name}: could not be changed without a loss; add the sections yourself")

    def _read(self, text: str) -> None:
        self.text = text
        try:
            self.data: dict[str, Any] = load(text)
            self._is_json = _is_json(text)
            # A tab between the parts of JSON is no YAML, and none is within its strings.
            root = yaml.compose(text.replace("\t", " ") if self._is_json else text, TemplateLoader)
        except MalformedValueError as error:
            raise InitError(f"{self._name}: cannot be read: {error}; correct it first") from None
        if root is None or not isinstance(self.data, dict):
            raise InitError(f"{self._name}: is not a SAM template; give the name of one with --template")
        self._root: yaml.Node = root
        sections = (value.value[0][0] for _, value in self._root.value if _is_block(value))
        # In a level of one space, no key can follow a dash.
        self._step = max(next((key.start_mark.column for key in sections), 2), 2)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.flow_style and bool(node.value)


def _entry(key: str, value: str, step: int) -> list[str]:
    if not value.endswith("\n"):
        return [f"{key}: {value}"]
    lines = [_INDENTATION.sub(lambda found: _indentation(found, step), line) for line in value.splitlines()]
    return [f"{key}:", *(" " * step + line if line else "" for line in lines)]


def _indentation(found: re.Match[str], step: int) -> str:
    # The keys of a map in a list are below its first key, which follows the dash.
    dash = "-".ljust(step) if found[2] else ""
    return " " * (len(found[1]) // _WRITTEN_STEP * step) + dash


def _flow(key: str, value: str, *, is_json: bool) -> str:
    if is_json or value.endswith("\n"):
        return f"{json.dumps(key)}: {json.dumps(load(value), indent=2 if is_json else None)}"
    return f"{key}: {value}"


def _lists(node: yaml.Node) -> list[yaml.Node]:
    """Return a list, or those that the cases of ``!If`` come to."""
    if node.tag == "!If" and isinstance(node, yaml.SequenceNode):
        return [found for case in node.value[1:] for found in _lists(case)]
    if isinstance(node, yaml.MappingNode) and [key.value for key, _ in node.value] == ["Fn::If"]:
        return [found for case in node.value[0][1].value[1:] for found in _lists(case)]
    return [node]


def _count(node: yaml.Node) -> int:
    return len(_lists(node))


def _keeps(new: Any, old: Any) -> bool:
    """Check whether a value has all that it had before."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and _keeps(new[key], value) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(new) >= len(old) and all(map(_keeps, new, old))
    return old is None or (type(new) is type(old) and bool(new == old))
