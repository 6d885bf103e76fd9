"""The toolkit's function for the refresh: a handler of its own where there is one, else that of all of ``/auth/*``."""

from supertokens_lambda import handlers

handler = getattr(handlers, "refresh", handlers.auth)
