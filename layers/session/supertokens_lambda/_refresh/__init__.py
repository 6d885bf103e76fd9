"""The refresh: a refresh token for new tokens, once for all who ask with it within the reuse interval."""
