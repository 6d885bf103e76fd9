"""Claims of a session and their validators, decided by the access token alone."""
