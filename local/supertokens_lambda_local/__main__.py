"""``python -m supertokens_lambda_local`` is the command ``supertokens-lambda``."""

import sys

# The functions' processes import this module as well, under another name.
if __name__ == "__main__":
    # A checkout is run by whatever Python is there.
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("supertokens-lambda: this Python is too old; set PYTHON to 3.11 or newer")

    from supertokens_lambda_local.cli import main

    sys.exit(main())
