"""Import all that recipes of SuperTokens can ever import, by the functions' Python and from the folders given alone.

The first argument names the recipes, each of which gets a process. What they lack goes to standard output as JSON.
"""

import ast
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

# The SDK's web frameworks, which the toolkit does without; and what the SDK itself does without where it is missing.
IGNORED = (
    *("adrf.", "django.", "fastapi.", "flask.", "rest_framework.", "starlette.", "supertokens_python.framework."),
    "nest_asyncio.",
)


def main() -> None:
    """Answer for each recipe, and for all of them together."""
    recipes, *folders = sys.argv[1:]
    sys.path += folders
    # Which every application has, so it is read once.
    seen: set[str] = set()
    answers = {"session": lacking(["session"], seen)}
    for asked in (*recipes.split(), recipes):
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.write(writing, json.dumps(lacking(asked.split(), seen)).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            answers[asked] = json.load(answer)
    json.dump(answers, sys.stdout)


def lacking(recipes: list[str], seen: set[str]) -> list[str]:
    """Return the modules that cannot be imported, of those that the SDK's modules not yet seen ask for."""
    found: set[str | None] = set()

    def load(name: str) -> None:
        try:
            importlib.import_module(name)
        except ImportError as error:
            found.add(error.name)

    for recipe in recipes:
        package = f"supertokens_python.recipe.{recipe}"
        load(package)
        path = getattr(sys.modules.get(package), "__path__", [])
        for module in pkgutil.walk_packages(path, f"{package}.", onerror=lambda _: None):
            if ".framework" not in module.name:
                load(module.name)
    while ahead := [name for name in sys.modules if name.startswith("supertokens_python.") and name not in seen]:
        seen.update(ahead)
        for name in ahead:
            for wanted in imported_by(sys.modules[name]):
                load(wanted)
    return sorted(filter(None, found))


def imported_by(module: ModuleType) -> Iterator[str]:
    """Find what a module imports anywhere, in its functions too."""
    tree = ast.parse(Path(str(module.__file__)).read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            package = (module.__package__ or "").rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (package, node.module)))
            names = [source, *(f"{source}.{alias.name}" for alias in node.names if is_module(source, alias.name))]
        yield from (name for name in names if not f"{name}.".startswith(IGNORED))


def is_module(source: str, name: str) -> bool:
    """Return whether a name that is imported from one of the SDK's packages is a module."""
    file = Path(sys.modules["supertokens_python"].__path__[0]).parent.joinpath(*source.split("."), name)
    return file.is_dir() or file.with_suffix(".py").is_file()


if __name__ == "__main__":
    main()
