"""The text of a template, read: its values, and where each is written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from supertokens_lambda_local.errors import InitError
from supertokens_lambda_local.init.places import is_empty
from supertokens_lambda_local.template.syntax import MalformedValueError, TemplateLoader, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    Path = Sequence[str]

_ANCHOR = re.compile(r"&([^\s,\[\]{}]+)")


class Source:
    """A text of YAML or JSON.

    Parameters
    ----------
    text : str
        The text, without a byte order mark.
    name : str
        The name of its file, for errors.

    Attributes
    ----------
    text : str
        The text.
    data : dict
        Its values, with short tags in their long form.
    is_json : bool
        Whether it is JSON.
    step : int
        How many spaces one level is indented by.

    Raises
    ------
    InitError
        The text is not a map of YAML or JSON.
    """

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self._name = name
        try:
            self.data: dict[str, Any] = load(text)
            self.is_json = _is_json(text)
            # YAML refuses tabs between the parts of JSON. There are none within its strings.
            root = yaml.compose(text.replace("\t", " ") if self.is_json else text, TemplateLoader)
        except MalformedValueError as error:
            raise InitError(f"{name}: cannot be read: {error}; correct it first") from None
        if root is None or not isinstance(self.data, dict):
            raise InitError(f"{name}: is not a SAM template; give the name of one with --template")
        self._root: yaml.Node = root
        sections = (value.value[0][0] for _, value in root.value if _is_block(value))
        # In a level of one space, no key can follow a dash.
        self.step = max(next((key.start_mark.column for key in sections), 2), 2)

    def __contains__(self, path: Path) -> bool:
        found: Any = self.data
        for key in path:
            if not isinstance(found, dict) or key not in found:
                return False
            found = found[key]
        return True

    def node(self, path: Path) -> yaml.Node:
        """Return the node of a value.

        Raises
        ------
        InitError
            The node stands for several places, by an anchor.
        """
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

    def map_node(self, path: Path) -> yaml.Node:
        """Return the node of a map.

        Raises
        ------
        InitError
            It is something else, or stands for several places.
        """
        node = self.node(path)
        if node.tag.startswith("!") or not (isinstance(node, yaml.MappingNode) or is_empty(node)):
            raise InitError(f"{self._name}: {'.'.join(path)} is not a plain map; write it without a function")
        return node

    def list_nodes(self, path: Path) -> list[yaml.Node]:
        """Return the node of a list; for ``!If``, the nodes of both cases."""
        return _lists(self.node(path))

    def items(self, node: yaml.Node) -> list[str]:
        """Return the items of a list as they are written; none for another node."""
        if not isinstance(node, yaml.SequenceNode):
            return []
        return [self.text[each.start_mark.index : each.end_mark.index].strip() for each in node.value]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.flow_style and bool(node.value)


def _lists(node: yaml.Node) -> list[yaml.Node]:
    if node.tag == "!If" and isinstance(node, yaml.SequenceNode):
        return [found for case in node.value[1:] for found in _lists(case)]
    if isinstance(node, yaml.MappingNode) and [key.value for key, _ in node.value] == ["Fn::If"]:
        return [found for case in node.value[0][1].value[1:] for found in _lists(case)]
    return [node]
