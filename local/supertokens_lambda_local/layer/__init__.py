"""The layer and the functions of an application, built for Lambda on any machine.

`lock_file` reads packages with hashes, and `requirements` finds those of a folder. `code` reads what the modules of the
folder name, and `contents` chooses the packages that they load. `tools` installs and compiles, `build` makes the
package, and `lock` writes lock files. `command` is ``supertokens-lambda layer`` and ``supertokens-lambda function``.

The root's ``sam build`` runs this before anything is installed, so it imports the standard library alone.
"""
