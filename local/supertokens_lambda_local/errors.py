"""What can go wrong before a request is served; each message is for the developer's terminal.

LocalError
├── TemplateError     the template cannot be read, or asks for what this machine cannot do
├── ListenError       the address or port cannot be used
├── CertificateError  the certificate for HTTPS cannot be used
├── LayerError        a layer or a function cannot be built
└── InitError         the application cannot be given sessions; nothing has been written
"""

from pathlib import Path


class LocalError(Exception):
    """The application cannot be started; the message says what to do."""


class TemplateError(LocalError):
    """A template that cannot be used.

    Parameters
    ----------
    file : Path
        The template.
    place : str
        The resource and what is within it (``"Dashboard: Events.Get"``), or empty for the file as a whole.
    problem : str
        What is wrong, as a sentence without its full stop.
    """

    def __init__(self, file: Path, place: str, problem: str) -> None:
        super().__init__(": ".join(part for part in (file.name, place, problem) if part))


class ListenError(LocalError):
    """An address that cannot be listened on."""


class CertificateError(LocalError):
    """A certificate or its key that cannot be used."""


class LayerError(LocalError):
    """A layer or a function that cannot be built."""


class InitError(LocalError):
    """An application that `init` cannot change; nothing has been written."""
