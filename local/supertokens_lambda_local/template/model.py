"""The content of a template: functions, APIs, tables and target groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from supertokens_lambda_local.template.api_model import Api, Route


@dataclass(frozen=True)
class Layer:
    """A layer of a function.

    Attributes
    ----------
    name : str
        Its logical id, or its ARN.
    folders : tuple of Path
        Where its code is, the folder searched first at the front; empty if it is not on this machine.
    architectures, runtimes : tuple of str
        Those that it is compatible with; empty if it does not say.
    """

    name: str
    folders: tuple[Path, ...] = ()
    architectures: tuple[str, ...] = ()
    runtimes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """A Lambda function.

    Attributes
    ----------
    name : str
        Its logical id in the template.
    code_uri : Path
        The folder with its code.
    handler : str
        ``module.function``.
    layers : tuple of Path
        The folders of its layers, the first one searched first.
    environment : mapping of str to str
        The template's variables, less those that have no value on this machine.
    timeout : float
        Seconds that one invocation may take.
    memory_size : int
        Megabytes; told to the function, not enforced.
    source : str
        Its code, where that is in the template.
    unavailable : str
        Why it does not run on this machine, as the end of a sentence; empty if it does.
    runtime, architecture : str
        As in the template; empty where the cloud alone knows.
    snap_start : bool
        Whether it starts from a snapshot.
    its_layers : tuple of Layer
        Its layers, those in the cloud too.
    literals : frozenset of str
        The variables whose values are written in the template.
    references : mapping of str to str
        The resources that variables are names or ARNs of.
    unset : mapping of str to str
        The variables that have no value on this machine, and why.
    actions : tuple of str or None
        What it is allowed in AWS; None if that is not in the template as a whole.
    """

    name: str
    code_uri: Path
    handler: str
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3
    memory_size: int = 128
    source: str = ""
    unavailable: str = ""
    runtime: str = ""
    architecture: str = "x86_64"
    snap_start: bool = False
    its_layers: tuple[Layer, ...] = ()
    literals: frozenset[str] = frozenset()
    references: Mapping[str, str] = field(default_factory=dict)
    unset: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[str, ...] | None = ()


@dataclass(frozen=True)
class Table:
    """A table of DynamoDB.

    Attributes
    ----------
    name : str
        Its logical id.
    table_name : str
        The name that the template gives it; empty if the cloud makes one up.
    key : tuple of pairs of str, or None
        Names and types of its key's attributes; None if the cloud alone knows.
    expires_by : str or None
        The attribute of its time to live; empty if that is off, None if the cloud alone knows.
    """

    name: str
    table_name: str
    key: tuple[tuple[str, str], ...] | None
    expires_by: str | None


@dataclass(frozen=True)
class TargetGroup:
    """A load balancer's target group of functions.

    Attributes
    ----------
    name : str
        Its logical id.
    multi_value : bool or None
        Whether headers have several values; None if the cloud alone knows.
    """

    name: str
    multi_value: bool | None


@dataclass(frozen=True)
class Omission:
    """Something of a template's that functions do without on this machine.

    Attributes
    ----------
    name : str
        An environment variable, or a layer.
    reason : str
        Why, as a sentence without its full stop.
    functions : tuple of str
        The names of the functions.
    """

    name: str
    reason: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Application:
    """What a template comes to.

    Attributes
    ----------
    functions : tuple of Function
        The functions, in the template's order.
    routes : tuple of Route
        The routes.
    omissions : tuple of Omission
        What only the cloud has.
    apis : tuple of Api
        The APIs, in the order of the functions that they lead to.
    tables : tuple of Table
        The tables.
    target_groups : tuple of TargetGroup
        The target groups of functions.
    not_looked_at : tuple of pairs of str
        Parts of the template that are in the cloud, and why they are not looked at.
    """

    functions: tuple[Function, ...]
    routes: tuple[Route, ...]
    omissions: tuple[Omission, ...] = ()
    apis: tuple[Api, ...] = ()
    tables: tuple[Table, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    not_looked_at: tuple[tuple[str, str], ...] = ()
