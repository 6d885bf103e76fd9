"""What the modules of a folder name: recipes, services and packages."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from supertokens_lambda_local.errors import LayerError

# What these load cannot be read.
_DYNAMIC = {"__import__", "entry_points", "eval", "exec", "import_module", "run_module", "run_path"}


@dataclass
class Code:
    """What modules name.

    Parameters
    ----------
    words : set of str
        Identifiers and strings, in lower case; neither comments nor docstrings.
    imports : dict of str to Path
        The packages that are imported in any case, and a module that does.
    is_dynamic : bool
        Whether something may be imported that no word names.
    """

    words: set[str] = field(default_factory=set)
    imports: dict[str, Path] = field(default_factory=dict)
    is_dynamic: bool = False

    def names(self, *patterns: str) -> bool:
        """Return whether a word matches one of the patterns.

        Parameters
        ----------
        *patterns : str
            What to look for, in lower case, with the wildcards of file names.

        Returns
        -------
        bool
            Whether there is such a word.
        """
        return any(fnmatchcase(word, pattern) for pattern in patterns for word in self.words)


def read_code(files: Iterator[Path]) -> Code:
    """Read modules.

    Parameters
    ----------
    files : iterator of Path
        The modules.

    Returns
    -------
    Code
        What all of them name.

    Raises
    ------
    LayerError
        One of them is not Python.
    """
    code = Code()
    for file in files:
        try:
            tree = ast.parse(file.read_bytes(), file.name)
        except (OSError, SyntaxError, ValueError) as error:
            raise LayerError(f"could not read {file}: {error}") from None
        words = {*_words(tree)}
        code.is_dynamic = code.is_dynamic or not words.isdisjoint(_DYNAMIC)
        code.words.update(word.lower() for word in words)
        code.imports.update(dict.fromkeys(_imports(tree), file))
    return code


def _words(tree: ast.AST) -> Iterator[str]:
    nodes = [*ast.walk(tree)]
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if node not in docstrings:
                yield text
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.keyword(arg=str(text)):
                yield text
            case ast.alias(name=text) | ast.ImportFrom(module=str(text)):
                yield from text.split(".")


def _imports(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module and not child.level:
            yield child.module.partition(".")[0]
        elif not isinstance(child, ast.If | ast.Try | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(child)
