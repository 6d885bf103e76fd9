"""The sign-out without SuperTokens' SDK: the call of a script, and the form of a page."""
