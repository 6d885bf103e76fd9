"""The application on one machine.

`template` reads a SAM template, `gateway` serves it, `core` is a SuperTokens core in memory, and `doctor` examines a
deployment. `server` runs a gateway and a core together; `cli` is the command.
"""
