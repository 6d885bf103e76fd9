"""Fixtures for the tests of what is published: the wheel, the examples, the documentation, what a process loads."""

from tests.support.aws_clients import aws, aws_uri
from tests.support.browser import browser
from tests.support.cores import core, few_authorities, running_core, served_core, telling_core
from tests.support.mint import mint
from tests.support.records import records, seen_tokens
from tests.support.toolkit import started_toolkit, toolkit

__all__ = [
    "aws",
    "aws_uri",
    "browser",
    "core",
    "few_authorities",
    "mint",
    "records",
    "running_core",
    "seen_tokens",
    "served_core",
    "started_toolkit",
    "telling_core",
    "toolkit",
]
