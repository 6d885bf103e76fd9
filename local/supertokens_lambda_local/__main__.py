"""``python -m supertokens_lambda_local`` is the command ``supertokens-lambda``."""

import sys

from supertokens_lambda_local.cli import main

# The functions' processes import this module as well, under another name.
if __name__ == "__main__":
    sys.exit(main())
