"""Visit the sample's functions by the functions' Python, with the packages of the folders given and no others.

A list of visits comes as JSON by standard input; what came of them goes to standard output.
"""

import importlib
import json
import sys
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

FUNCTIONS, *PACKAGES = sys.argv[1:]
PAGE = {"accept": "text/html", "sec-fetch-dest": "document", "content-type": "application/x-www-form-urlencoded"}
CALL = {"content-type": "application/json", "rid": "anti-csrf", "st-auth-mode": "cookie"}


def main() -> None:
    sys.path += PACKAGES
    plan = json.load(sys.stdin)
    cookies: dict[str, str] = plan["cookies"]
    seen = []
    for function, method, target, content in plan["visits"]:
        answer = handler_of(function)(event(method, target, content, cookies), None)
        keep(answer.get("cookies", []), cookies)
        headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
        seen.append((answer["statusCode"], headers.get("location"), answer.get("body", "")))
    json.dump({"seen": seen, "cookies": cookies, "loaded": loaded(Path(PACKAGES[0]))}, sys.stdout)


def handler_of(function: str) -> Any:
    for file in Path(FUNCTIONS).glob("*/*.py"):
        sys.modules.pop(file.stem, None)
    sys.path.insert(0, str(Path(FUNCTIONS, function)))
    try:
        return importlib.import_module("app").handler
    finally:
        del sys.path[0]


def event(method: str, target: str, content: Any, cookies: dict[str, str]) -> dict[str, Any]:
    """Make an HTTP API's event: of a call where the content is {"json": ...}, else of a page and its form."""
    path, _, query = target.partition("?")
    is_call = "json" in (content or {})
    body = json.dumps(content["json"]) if is_call else urlencode(content or {})
    headers = {"host": "app.example.com", "origin": "https://app.example.com", **(CALL if is_call else PAGE)}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "cookies": [f"{name}={value}" for name, value in cookies.items()],
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
    }


def keep(set_cookies: list[str], cookies: dict[str, str]) -> None:
    for field in set_cookies:
        for name, morsel in SimpleCookie(field).items():
            if morsel["expires"].startswith("Thu, 01 Jan 1970"):
                cookies.pop(name, None)
            else:
                cookies[name] = morsel.coded_value


def loaded(layer: Path) -> list[str]:
    """Name what is loaded of a folder of packages."""
    files = [Path(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))]
    return sorted({file.relative_to(layer).parts[0] for file in files if file.is_relative_to(layer)})


if __name__ == "__main__":
    main()
