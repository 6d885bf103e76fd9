"""GET /, /app and /auth: the frontend that `npm run build` has made, and the files that it loads."""

import mimetypes
from pathlib import Path
from typing import Final

from supertokens_lambda import Request, Response, http_handler
from supertokens_lambda.pages import NO_STORE

STATIC: Final = Path(__file__).parent / "static"
if not STATIC.is_dir():
    raise FileNotFoundError("the frontend has not been built: run `npm ci` and `npm run build`")
FILES: Final = {f"/{file.relative_to(STATIC).as_posix()}": file for file in STATIC.rglob("*") if file.is_file()}

# The prebuilt UI adds its style in elements.
POLICY: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@http_handler
def handler(request: Request) -> Response:
    if not request.path.startswith("/assets/"):
        return serve("/index.html", ("cache-control", "no-cache"), ("content-security-policy", POLICY))
    if request.path in FILES:
        # Its name has a hash of what is in it.
        return serve(request.path, ("cache-control", "public, max-age=31536000, immutable"))
    return Response(status=404, headers=(("content-type", "text/plain"), NO_STORE), body="Not found")


def serve(path: str, *headers: tuple[str, str]) -> Response:
    content_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if content_type.startswith("text/") else ""
    return Response(
        status=200,
        headers=(("content-type", content_type + charset), ("x-content-type-options", "nosniff"), *headers),
        body=FILES[path].read_bytes(),
    )
