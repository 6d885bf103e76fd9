"""`supertokens-lambda init`: sessions for a SAM application that exists, or a new one with a guarded page."""
