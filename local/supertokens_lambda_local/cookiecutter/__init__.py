"""`supertokens-lambda cookiecutter`: what `init` makes of an empty folder, as a template for `sam init --location`."""
