"""The refresh: one rotation of a refresh token, shared by all requests that present it within the reuse interval."""
