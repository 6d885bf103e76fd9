"""A template that entries are added to. Every other byte stays as it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.init.entries import STEP, block_entry, flow_entry
from supertokens_lambda_local.init.places import end_of_block, end_of_line, place_before, place_in_flow
from supertokens_lambda_local.init.source import Source
from supertokens_lambda_local.template.syntax import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supertokens_lambda_local.init.places import Place

    Path = Sequence[str]

_BOM = "\ufeff"
# In the order of the documentation of AWS. A section that is added comes before those that follow it here.
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Globals", "Resources", "Outputs")


class Document:
    """A template of YAML or JSON.

    Values that are added are YAML text: one line that follows the key, or a block, which ends with a line break.

    Parameters
    ----------
    text : str
        The content of the file, with its line ends.
    name : str
        The name of the file, for errors.

    Raises
    ------
    InitError
        The text is not a map of YAML or JSON.
    """

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._bom = text[: text.startswith(_BOM)]
        self._eol = "\r\n" if "\r\n" in text else "\n"
        self._source = Source(text.removeprefix(_BOM), name)

    def __contains__(self, path: Path) -> bool:
        return path in self._source

    @property
    def data(self) -> dict[str, Any]:
        """The values, with short tags in their long form."""
        return self._source.data

    @property
    def text(self) -> str:
        """The text with what has been added, without a byte order mark."""
        return self._source.text

    @property
    def content(self) -> bytes:
        """The file to write."""
        return (self._bom + self.text).encode()

    def add(self, path: Path, key: str, value: str, *, spaced: bool = False) -> None:
        """Add an entry to a map, and the maps around it that are missing; an entry that exists is kept.

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
            The map is something else, or stands for several places by an anchor.
        """
        if [*path, key] in self:
            return
        source = self._source
        if path and path not in self:
            inner = block_entry(key, value, STEP)
            self.add(path[:-1], path[-1], "".join(f"{line}\n" for line in inner), spaced=spaced)
            return
        block = block_entry(key, value, source.step)
        node = source.map_node(path)
        if source.is_json or getattr(node, "flow_style", False):
            entry = flow_entry(key, value, is_json=source.is_json)
            self._insert(place_in_flow(source.text, node, self._eol, entry))
        elif not path:
            later = _SECTIONS[_SECTIONS.index(key) + 1 :]
            self._insert(place_before(source.text, node, later, self._eol, block))
        else:
            at, column = end_of_block(source.text, node)
            if isinstance(node, yaml.ScalarNode):
                at, column = end_of_line(source.text, node.start_mark.index), source.step * len(path)
            gap = self._eol if spaced and re.search(r"\n[ \t]*\r?\n", source.text) else ""
            self._insert((at, gap + "".join(f"{self._eol}{' ' * column}{line}" for line in block)))

    def append(self, path: Path, item: str) -> None:
        """Add an item of one line to a list; for ``!If``, to the lists of both cases.

        Raises
        ------
        InitError
            There is no list.
        """
        for _ in self._source.list_nodes(path):
            # Each insertion moves what follows it, so the cases are looked up anew.
            nodes = self._source.list_nodes(path)
            found = next((each for each in nodes if item not in self._source.items(each)), None)
            if found is None:
                return
            self._insert(self._place_in_list(found, item, path))

    def _place_in_list(self, node: yaml.Node, item: str, path: Path) -> Place:
        source = self._source
        if not isinstance(node, yaml.SequenceNode) or node.tag.startswith("!"):
            raise InitError(f"{self._name}: {'.'.join(path)} is not a list; add {item} to it yourself")
        if node.flow_style:
            return place_in_flow(source.text, node, self._eol, json.dumps(load(item)) if source.is_json else item)
        at, column = end_of_block(source.text, node)
        return at, f"{self._eol}{' ' * column}- {item}"

    def _insert(self, place: Place) -> None:
        at, addition = place
        text = self._source.text
        try:
            changed = Source(text[:at] + addition + text[at:], self._name)
        except InitError:
            changed = None
        if changed is None or not _keeps(changed.data, self.data):
            raise InitError(f"{self._name}: could not be changed without a loss; add the sections yourself")
        self._source = changed


def _keeps(new: Any, old: Any) -> bool:
    """Check whether a value has all that it had before."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and _keeps(new[key], value) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(new) >= len(old) and all(map(_keeps, new, old))
    return old is None or (type(new) is type(old) and bool(new == old))
