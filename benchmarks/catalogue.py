"""What is measured, and with what it is compared."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Subject:
    """A guarded page.

    Attributes
    ----------
    name : str
        Its short name.
    label : str
        What it is.
    module : str
        The Python module, or the script of Node.js, that has its handler.
    keys : {"fetch", "given"}
        How it comes by the key set.
    runtime : {"python", "node"}
        What runs it.
    """

    name: str
    label: str
    module: str
    keys: Literal["fetch", "given"] = "fetch"
    runtime: Literal["python", "node"] = "python"

    @property
    def floor(self) -> str:
        """The name of the floor that it stands on."""
        return f"floor_{self.keys}"

    @property
    def is_floor(self) -> bool:
        """Whether it is a floor itself."""
        return self.name == self.floor


OURS = {
    "page": Subject("our_page", "the page", "ours"),
    "refresh page": Subject("our_refresh_page", "`/refresh-session`", "our_refresh_page"),
    "refresh": Subject("our_refresh", "the refresh", "our_refresh"),
    "auth": Subject("our_auth", "SuperTokens' API", "our_auth"),
}
"""The toolkit's functions on a visitor's way."""

ROLE_PAGE = Subject("our_role_page", "a page that checks a role", "our_role_page")

PEER = Subject("peer", "FastAPI + SuperTokens middleware + Mangum", "fastapi_mangum")
"""What answers all of a visitor's way in one function."""

SUBJECTS = (
    Subject("floor_fetch", "floor: `cryptography` alone, keys fetched", "floor_fetch"),
    Subject("ours_fetch", "**supertokens-lambda**, keys fetched", "ours"),
    Subject("sdk_bare", "supertokens-python, no framework, loop kept", "sdk_bare"),
    Subject("fastapi_mangum", "FastAPI + SuperTokens middleware + Mangum", "fastapi_mangum"),
    Subject("node_awslambda", "supertokens-node, awsLambda", "node_awslambda.js", runtime="node"),
    Subject("node_bundled", "supertokens-node, bundled by esbuild", "dist/node_bundled.js", runtime="node"),
    Subject("floor_given", "floor: `cryptography` alone, keys given", "floor_given", "given"),
    Subject("ours_given", "**supertokens-lambda**, keys given", "ours", "given"),
    Subject("aws_jwt_verify", "aws-jwt-verify, a verifier alone", "aws_jwt_verify.js", "given", "node"),
)
